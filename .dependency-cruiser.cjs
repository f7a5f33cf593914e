/** The room rules of ARCHITECTURE.md: which way imports point. */
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: `^lib/${from}/` },
  to: { path: "^(lib|stacks|tools)/", pathNot: `^lib/(${[from, ...allowed].join("|")})/` },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    only("contracts-import-nothing", "contracts", []),
    only("catalog-is-pure", "catalog", ["contracts"]),
    only("planner-is-pure", "planner", ["contracts", "catalog"]),
    only("terraform-is-the-bottom", "terraform", []),
    only("core-stands-on-terraform", "core", ["terraform", "contracts"]),
    only("security", "security", ["core", "terraform", "contracts", "catalog"]),
    only("network", "network", ["core", "terraform", "contracts", "catalog", "security"]),
    only("storage", "storage", ["core", "terraform", "contracts", "catalog", "security", "network"]),
    only("compute", "compute", ["core", "terraform", "contracts", "catalog", "planner", "security", "network"]),
    only("kubernetes", "kubernetes", ["core", "terraform", "contracts", "catalog"]),
    only("training", "training", ["core", "terraform", "contracts", "catalog", "planner", "kubernetes"]),
    only("testing", "testing", ["core", "terraform", "contracts"]),
    only("cli", "cli", ["core", "contracts", "catalog", "planner", "compute/fabric", "kubernetes/images", "training"]),
    {
      name: "framework-only-in-the-seam",
      severity: "error",
      from: { path: "^lib/", pathNot: "^lib/terraform/" },
      to: { path: "node_modules/(cdktf|constructs|@cdktf)/" },
    },
    {
      name: "no-provider-barrel",
      severity: "error",
      from: {},
      to: { path: "node_modules/@cdktf/provider-[a-z]+/lib/index\\." },
    },
    {
      name: "lib-never-imports-stacks",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(stacks|tools|test|examples)/" },
    },
    {
      name: "aws-and-kubernetes-never-meet-in-a-file",
      severity: "error",
      from: { path: "^lib/(kubernetes|training|inference)/" },
      to: { path: "^lib/terraform/aws" },
    },
    {
      name: "aws-half-needs-no-cluster-provider",
      severity: "error",
      from: { path: "^lib/(network|security|storage|compute)/" },
      to: { path: "^lib/terraform/(kubernetes|helm)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["types", "require", "node", "default"] },
  },
};
