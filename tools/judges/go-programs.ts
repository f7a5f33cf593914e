import { join } from "node:path";
import type { Environment } from "../embedded/environment";
import { REPOSITORY } from "../embedded/repository";
import { builtOnce, sourceHash } from "../go/built-once";
import { checkGo, Go } from "../go/go-command";

/** Judges written in Go, each a module of its own: they are built on different releases of the Kubernetes libraries. */
const PROGRAMS = [
  { name: "kube-score", module: "kube-score", target: "github.com/zegl/kube-score/cmd/kube-score" },
  { name: "aidc-pod-security", module: "pod-security", target: "." },
] as const;
const [KUBE_SCORE, POD_SECURITY] = PROGRAMS;

const SOURCES = join(REPOSITORY, "tools/judges");
const WHAT = "the judges that are written in Go";
/** Go 1.26, 2 cores, 2026-11-25. */
const COST = "about a minute, 20 MB to download";

/** Paths of the programs. */
export interface GoPrograms {
  readonly kubeScore: string;
  readonly podSecurity: string;
}

/**
 * Builds the judges that are written in Go, or takes what an earlier call built of the same sources, from the user's cache.
 * @param user environment of the user @default process.env
 * @throws Unready when Go is missing or too old
 * @throws RunFailed when the modules cannot be fetched or compiled
 */
export async function buildGoPrograms(user: Environment = process.env): Promise<GoPrograms> {
  const recipe = {
    name: "judges",
    hash: sourceHash(SOURCES, PROGRAMS),
    proof: POD_SECURITY.name,
    check: () => PROGRAMS.forEach(({ module }) => checkGo(WHAT, join(SOURCES, module), user)),
    build: (folder: string) => build(folder, user),
  };
  const folder = await builtOnce(recipe, user);
  return { kubeScore: join(folder, KUBE_SCORE.name), podSecurity: join(folder, POD_SECURITY.name) };
}

async function build(folder: string, user: Environment): Promise<void> {
  process.stderr.write(`Building ${WHAT}, once: ${COST} ...\n`);
  for (const { name, module, target } of PROGRAMS) {
    const go = new Go(join(SOURCES, module), user);
    await go.build(join(folder, name), [target]);
    go.say(`Built ${name} in ${go.seconds} s.`);
  }
}
