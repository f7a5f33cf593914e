/** Suites on a real control plane, built from source once: minutes, one file at a time. */
const fast = require("./jest.config.cjs");

module.exports = {
  ...fast,
  roots: ["<rootDir>/test/kubernetes-live"],
  testPathIgnorePatterns: ["/node_modules/"],
  maxWorkers: 1,
  testTimeout: 20 * 60 * 1000,
};
