/**
 * Mutation testing of the core that a GPU bill hangs on: catalog, fabric, capacity and physics rules. `npm run test:mutation`, not in CI.
 *
 * Left out: the generated module (a test holds it to its data file, and mutants of data prove nothing), and what is computed once when a
 * module is loaded (`ignoreStatic`: the texts and examples of rules, each of which would run every test). Texts of messages are mutated
 * where they are put together at run time.
 */
export default {
  packageManager: "npm",
  plugins: ["@stryker-mutator/jest-runner"],
  testRunner: "jest",
  jest: { projectType: "custom", configFile: "jest.mutation.config.cjs", enableFindRelatedTests: false },
  coverageAnalysis: "perTest",
  // swc checks no types, and a line in front of each file would belie the generated one.
  disableTypeChecks: false,
  ignoreStatic: true,
  mutate: [
    "lib/catalog/*.ts",
    "!lib/catalog/*.generated.ts",
    "!lib/catalog/index.ts",
    "lib/compute/capacity/*.ts",
    "lib/compute/fabric/*.ts",
    "!lib/compute/fabric/security-group.ts",
    "lib/compute/physics/**/*.ts",
    "lib/compute/{resolve-pool,resolve-node,resolve-gpu-node-pool,pool-design,pool-profile,scaling}.ts",
  ],
  thresholds: { high: 95, low: 90, break: 85 },
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ["clear-text", "progress", "html", "json"],
  clearTextReporter: { reportTests: false, allowColor: false, skipFull: true },
  htmlReporter: { fileName: ".aidc/mutation/report.html" },
  jsonReporter: { fileName: ".aidc/mutation/report.json" },
  tempDirName: ".aidc/mutation/sandbox",
  ignorePatterns: [".venv*", ".aidc", "dist", "cdktf.out", "embedded", "coverage"],
};
