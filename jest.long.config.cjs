/** Suites that run Terraform, Python or the packed package: minutes, one file at a time. */
const fast = require("./jest.config.cjs");

module.exports = {
  ...fast,
  roots: [
    "<rootDir>/test/terraform",
    "<rootDir>/test/e2e",
    "<rootDir>/test/package",
    "<rootDir>/test/crds",
    "<rootDir>/test/judges",
  ],
  testPathIgnorePatterns: ["/node_modules/"],
  maxWorkers: 1,
  testTimeout: 20 * 60 * 1000,
};
