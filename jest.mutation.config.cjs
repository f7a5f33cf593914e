/** The fast tests of what mutation testing breaks: pure functions, without a synth. */
const fast = require("./jest.config.cjs");

const PARTS = {
  catalog: ["catalog/{versions,quotas,compatibility,instance-types}.test.ts"],
  pools: ["compute/{fabric,capacity}/*.test.ts", "compute/{resolve-gpu-node-pool,pool-messages}.test.ts"],
  physics: ["compute/physics/{rules,corpus,*-rules}.test.ts"],
};

module.exports = {
  ...fast,
  roots: ["<rootDir>/test"],
  testMatch: PARTS[process.env.MUTATION_PART ?? "pools"].map((pattern) => `<rootDir>/test/${pattern}`),
  moduleNameMapper: { "^cdktf-ai-datacenter/compute$": "<rootDir>/test/compute/pure.ts", ...fast.moduleNameMapper },
};
