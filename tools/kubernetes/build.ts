import { mkdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import type { Environment } from "../embedded/environment";
import { describe, exitCodeOf } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";
import { builtOnce, copyFiles, sourceHash } from "../go/built-once";
import { checkGo, Go } from "../go/go-command";
import { KUBECTL_PROVIDER, KUBERNETES_VERSION, KubernetesBinaries, OperatorChart, Program } from "./binaries";

const WHAT = "the test cluster";
const SOURCES = join(REPOSITORY, "tools", "kubernetes", "go");
/** Karpenter for AWS is not of that module: its core is newer than what compiles beside Kueue. The judge of CRDs pins it. */
const AWS_SOURCES = join(REPOSITORY, "tools", "crds", "go");
const AWS_KARPENTER = "github.com/aws/karpenter-provider-aws";

/** 12 minutes with an empty build cache, beside other work: Go 1.26.8 on 2 cores, 2026-11-25. */
const COST = "10 to 20 minutes, 0.6 GB to download, 4 GB of Go build cache";

/** What the go command calls the programs whose packages are named otherwise. */
const GO_NAMES: Readonly<Record<string, Program>> = {
  server: Program.ETCD,
  kwok: Program.KARPENTER_KWOK,
  cmd: Program.LEADER_WORKER_SET,
};
const PROVIDER_GO_NAME = "terraform-provider-kubectl";

/** Where the charts lie in the modules. */
const CHARTS = [
  { sources: SOURCES, module: "sigs.k8s.io/jobset", chart: OperatorChart.JOBSET },
  { sources: SOURCES, module: "sigs.k8s.io/kueue", chart: OperatorChart.KUEUE },
  { sources: SOURCES, module: "sigs.k8s.io/lws", chart: OperatorChart.LEADER_WORKER_SET },
  { sources: AWS_SOURCES, module: AWS_KARPENTER, chart: OperatorChart.KARPENTER },
  { sources: AWS_SOURCES, module: AWS_KARPENTER, chart: OperatorChart.KARPENTER_CRD },
] as const;
const CRD_FOLDERS = ["pkg/apis/crds", "kwok/apis/crds"] as const;

/**
 * Builds the programs of a test cluster from their Go modules, or takes what an earlier call built of the same sources; that needs no Go
 * and no network. Tells on standard error how far it is.
 * @param user environment of the user @default process.env
 * @throws Unready when Go is missing or too old
 * @throws RunFailed when the modules cannot be fetched or compiled
 */
export async function buildKubernetes(user: Environment = process.env): Promise<KubernetesBinaries> {
  const facts = [CHARTS.map(({ module, chart }) => [module, chart]), CRD_FOLDERS, KUBECTL_PROVIDER, GO_NAMES];
  const recipe = {
    name: "kubernetes",
    hash: sourceHash(SOURCES, [...facts, sourceHash(AWS_SOURCES, [])]),
    proof: join("bin", Program.API_SERVER),
    check: () => checkGo(WHAT, SOURCES, user),
    build: (folder: string) => build(folder, user),
  };
  return new KubernetesBinaries(await builtOnce(recipe, user));
}

async function build(folder: string, user: Environment): Promise<void> {
  const go = new Go(SOURCES, user);
  go.say(`Building ${WHAT} (Kubernetes ${KUBERNETES_VERSION} and operators), once: ${COST} ...`);
  const binaries = new KubernetesBinaries(folder);
  for (const { sources, module, chart } of CHARTS) {
    const from = join(await new Go(sources, user).moduleFolder(module), "charts", chart);
    copyFiles(from, binaries.chart(chart), () => true);
  }
  const karpenter = await go.moduleFolder("sigs.k8s.io/karpenter");
  for (const crds of CRD_FOLDERS) {
    copyFiles(join(karpenter, crds), binaries.karpenterKwokCrds, (path) => path.endsWith(".yaml"));
  }
  // The tools of go.mod, and our own programs. One command for all, so that both cores are busy while one program is linked.
  await go.build(`${join(folder, "bin")}/`, ["tool", "./..."], versionFlags());
  for (const [name, program] of Object.entries(GO_NAMES)) {
    renameSync(join(folder, "bin", name), binaries.program(program));
  }
  placeProvider(folder, binaries);
  go.say(`Built ${WHAT} in ${go.seconds} s.`);
}

/** Without these, the API server would say that it is v0.0.0, and refuse what needs a version. */
export function versionFlags(): readonly string[] {
  const [major, minor] = KUBERNETES_VERSION.split(".");
  const values = { gitVersion: `v${KUBERNETES_VERSION}`, gitMajor: major, gitMinor: minor };
  return Object.entries(values).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
}

/** The tree that Terraform expects of a folder with plugins. */
function placeProvider(folder: string, binaries: KubernetesBinaries): void {
  const { source, version } = KUBECTL_PROVIDER;
  // Terraform calls architectures as Go does.
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const home = join(
    binaries.pluginDirectory,
    "registry.terraform.io",
    source,
    version,
    `${process.platform}_${architecture}`,
  );
  mkdirSync(home, { recursive: true });
  const name = `terraform-provider-${basename(source)}`;
  renameSync(join(folder, "bin", PROVIDER_GO_NAME), join(home, `${name}_v${version}`));
}

/** `node dist/tools/kubernetes/build.js`: builds and prints the folder. */
async function main(): Promise<void> {
  try {
    process.stdout.write(`${(await buildKubernetes()).folder}\n`);
  } catch (error) {
    process.stderr.write(`${describe(error).join("\n")}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

if (require.main === module) void main();
