import { AccessMode, type RuntimeReference, type StorageAccess } from "../contracts";
import type { CompleteLaunchSpec } from "./launch-spec";

/**
 * The places that a run uses, and how: exactly what its service account has to be granted (`grantAccess` of the half that owns the stores).
 * Of what is written it is the run's own folder. Files of mounts are left out: they come by their claims.
 */
export function trainingAccess(spec: CompleteLaunchSpec, runtime?: RuntimeReference): readonly StorageAccess[] {
  const { data, model, run, observe } = spec;
  const output = `${run.output.replace(/\/+$/, "")}/${run.id}/`;
  const read = [data.train, data.eval, model.weights, model.tokenizer, runtime?.uri];
  const written = [output, observe.tensorboard];
  const all = [
    ...used(read).map((uri) => ({ uri, mode: AccessMode.READ })),
    ...used(written).map((uri) => ({ uri, mode: AccessMode.WRITE })),
  ];
  const keyOf = ({ uri, mode }: StorageAccess) => `${uri} ${mode}`;
  const unique = new Map(all.map((access) => [keyOf(access), access]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, access]) => access);
}

function used(uris: readonly (string | null | undefined)[]): readonly string[] {
  return uris.filter((uri): uri is string => typeof uri === "string" && /^(?!file:)[^/]/.test(uri));
}
