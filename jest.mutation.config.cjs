/** The fast tests of what mutation testing breaks: pure functions, without a synth. */
const fast = require("./jest.config.cjs");

module.exports = {
  ...fast,
  roots: ["<rootDir>/test/catalog", "<rootDir>/test/compute"],
  testMatch: [
    "<rootDir>/test/catalog/**/*.test.ts",
    "<rootDir>/test/compute/{fabric,physics,capacity}/**/*.test.ts",
    "<rootDir>/test/compute/resolve-gpu-node-pool.test.ts",
  ],
};
