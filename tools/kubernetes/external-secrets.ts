import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../embedded/environment";
import { RunFailed } from "../embedded/failures";
import { REPOSITORY } from "../embedded/repository";
import { builtOnce, copyFiles } from "../go/built-once";
import { checkGo, Go } from "../go/go-command";
import type { ApiObject } from "./api-client";
import { readManifests } from "./helm";

const SOURCES = join(REPOSITORY, "tools", "kubernetes", "go");
const MODULE = { path: "github.com/external-secrets/external-secrets", version: "v1.3.2" } as const;
/** As the checksum database of Go knows that version. */
const SUM = "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=";
const FOLDER = "config/crds/bases";
const KINDS = ["clustersecretstores", "externalsecrets", "secretstores"] as const;

/**
 * The CRDs of the External Secrets Operator, of which the library writes objects, out of its Go module. Its program is not built: what it
 * does needs AWS.
 * @param user environment of the user @default process.env
 * @throws RunFailed when the module cannot be fetched, or is not the one that is pinned
 */
export async function externalSecretsCrds(user: Environment = process.env): Promise<readonly ApiObject[]> {
  const names = KINDS.map((kind) => `external-secrets.io_${kind}.yaml`);
  const folder = await builtOnce(
    {
      name: "external-secrets-crds",
      hash: MODULE.version,
      proof: names[0] ?? "",
      check: () => checkGo("the CRDs of the External Secrets Operator", SOURCES, user),
      build: async (made) => copyFiles(join(await fetched(user), FOLDER), made, (path) => names.includes(path)),
    },
    user,
  );
  return readdirSync(folder).flatMap((name) => readManifests(readFileSync(join(folder, name), "utf8")));
}

async function fetched(user: Environment): Promise<string> {
  const query = `${MODULE.path}@${MODULE.version}`;
  const answer = JSON.parse(await new Go(SOURCES, user).run(["mod", "download", "-json", query])) as {
    readonly Dir: string;
    readonly Sum: string;
  };
  if (answer.Sum !== SUM) throw new RunFailed(`${query} has the sum ${answer.Sum}, and not ${SUM}`);
  return answer.Dir;
}
