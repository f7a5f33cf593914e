/** Suites on a twin of a node: real kubelet, containerd and containers. Needs root on Linux. */
const fast = require("./jest.config.cjs");

module.exports = {
  ...fast,
  roots: ["<rootDir>/test/twin"],
  testPathIgnorePatterns: ["/node_modules/"],
  maxWorkers: 1,
  testTimeout: 20 * 60 * 1000,
};
