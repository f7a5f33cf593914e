import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Environment } from "../embedded/environment";
import { REPOSITORY } from "../embedded/repository";
import { builtOnce, copyFiles, sourceHash } from "../go/built-once";
import { checkGo, Go } from "../go/go-command";

/** Where the CRDs of an operator lie in its Go module. The versions are those of go/go.mod. */
const CRD_MODULES = [{ module: "github.com/aws/karpenter-provider-aws", folder: "pkg/apis/crds" }] as const;

const SOURCES = join(REPOSITORY, "tools", "crds", "go");
const BINARY = "aidc-crds";
/** Names of the folders with CRDs, beside the binary. */
const CRDS = "crds";

/** Go 1.26, 2 cores, 2026-11-25; most of it goes into CEL and the Kubernetes API types. */
const COST = "2 to 5 minutes, 40 MB to download";

/** Why an API server would refuse an object. */
export interface CrdFault {
  /** Path of the field, such as "spec.limits"; empty when it is about the object as a whole. */
  readonly field: string;
  readonly message: string;
}

/** What an API server would answer to an object: it is taken when there are no errors. */
export interface CrdVerdict {
  /** Place in the list that was given. */
  readonly index: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly errors: readonly CrdFault[];
}

/** Judges custom resources with the code of the API server and the CRDs of the operators. */
export class CrdValidator {
  /** @param folder holds the program and the CRDs */
  public constructor(private readonly folder: string) {}

  /** Judges objects as on create with strict field validation; one verdict per object, in the same order. */
  public validate(objects: readonly unknown[]): readonly CrdVerdict[] {
    return this.judge(objects, []);
  }

  /** Judges the second of each pair as the replacement of the first, so that rules about `oldSelf` are heard too. */
  public validateUpdates(pairs: readonly (readonly [stored: unknown, changed: unknown])[]): readonly CrdVerdict[] {
    return this.judge(pairs, ["--update"]);
  }

  private judge(input: readonly unknown[], options: readonly string[]): readonly CrdVerdict[] {
    const folders = CRD_MODULES.map(({ module }) => join(this.folder, CRDS, folderName(module)));
    const args = [...folders.flatMap((folder) => ["--crds", folder]), ...options];
    const result = spawnSync(join(this.folder, BINARY), args, {
      input: JSON.stringify(input),
      encoding: "utf8",
      maxBuffer: Infinity,
    });
    if (result.error) throw result.error;
    if (result.status !== 0) throw new Error(`the CRD validator gave up: ${result.stderr.trim()}`);
    const lines = result.stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as CrdVerdict);
  }
}

/**
 * Builds the validator, or takes the one that an earlier call built of the same sources; that one needs no Go and no network.
 * @param user environment of the user @default process.env
 * @throws Unready when Go is missing or too old
 * @throws RunFailed when the modules cannot be fetched or compiled
 */
export async function buildCrdValidator(user: Environment = process.env): Promise<CrdValidator> {
  const recipe = {
    name: "crds",
    hash: sourceHash(SOURCES, CRD_MODULES),
    proof: BINARY,
    check: () => checkGo("the CRD validator", SOURCES, user),
    build: (folder: string) => build(folder, user),
  };
  return new CrdValidator(await builtOnce(recipe, user));
}

async function build(folder: string, user: Environment): Promise<void> {
  const go = new Go(SOURCES, user);
  go.say(`Building the CRD validator, once: ${COST} ...`);
  for (const { module, folder: crds } of CRD_MODULES) {
    const from = join(await go.moduleFolder(module), crds);
    copyFiles(from, join(folder, CRDS, folderName(module)), (path) => path.endsWith(".yaml"));
  }
  await go.build(join(folder, BINARY), ["."]);
  go.say(`Built the CRD validator in ${go.seconds} s.`);
}

function folderName(module: string): string {
  return module.replaceAll("/", "_");
}
