/**
 * Mutation testing of the core that a GPU bill hangs on: catalog, fabric, capacity, pools and physics rules, each part with its own tests.
 * `npm run test:mutation [-- part]`, not in CI.
 *
 * Left out: the generated module (a test holds it to its data file, and mutants of data prove nothing), and what is computed once when a
 * module is loaded (`ignoreStatic`: the texts and examples of rules, each of which would run every test). Texts of messages are mutated
 * where they are put together at run time.
 */
const PARTS = {
  catalog: ["lib/catalog/*.ts", "!lib/catalog/*.generated.ts", "!lib/catalog/index.ts"],
  pools: [
    "lib/compute/capacity/*.ts",
    "lib/compute/fabric/*.ts",
    "!lib/compute/fabric/{security-group,template-interfaces}.ts",
    "lib/compute/{resolve-pool,resolve-node,resolve-gpu-node-pool,pool-cost,pool-design,pool-profile}.ts",
  ],
  physics: ["lib/compute/physics/**/*.ts"],
};
const part = process.env.MUTATION_PART ?? "pools";

export default {
  packageManager: "npm",
  plugins: ["@stryker-mutator/jest-runner"],
  testRunner: "jest",
  jest: { projectType: "custom", configFile: "jest.mutation.config.cjs", enableFindRelatedTests: false },
  coverageAnalysis: "perTest",
  // swc checks no types, and a line in front of each file would belie the generated one.
  disableTypeChecks: false,
  ignoreStatic: true,
  mutate: PARTS[part],
  thresholds: { high: 95, low: 90, break: 85 },
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ["clear-text", "progress-append-only", "html", "json"],
  clearTextReporter: { reportTests: false, allowColor: false, skipFull: true },
  htmlReporter: { fileName: `.aidc/mutation/${part}.html` },
  jsonReporter: { fileName: `.aidc/mutation/${part}.json` },
  tempDirName: `.aidc/mutation/sandbox-${part}`,
  ignorePatterns: [".venv*", ".aidc", "dist", "cdktf.out", "embedded", "coverage"],
};
