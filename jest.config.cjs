/** Fast suites: pure functions, constructs, snapshots, docs. What needs Terraform, Python or a packed package stands in jest.long.config.cjs. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/test/(terraform|e2e|package|crds|judges|kubernetes-live|twin)/",
  ],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // The library is imported by its published names; in tests they mean the sources.
  moduleNameMapper: {
    "^cdktf-ai-datacenter$": "<rootDir>/lib/index.ts",
    "^cdktf-ai-datacenter/testing/jest$": "<rootDir>/lib/testing/jest.ts",
    "^cdktf-ai-datacenter/([a-z]+)$": "<rootDir>/lib/$1/index.ts",
  },
};
