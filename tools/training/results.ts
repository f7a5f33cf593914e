import { createHash } from "node:crypto";
import { RunFailed } from "../embedded/failures";
import type { EmulatedAws } from "./emulated-aws";
import type { RenderedJob } from "./rendered-job";

/** How good a model finds entities of a type, or of all. */
export interface EntityScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Entities that there were to find. */
  readonly support: number;
}

/** What a finished run left in its store. */
export interface RunResults {
  readonly steps: number;
  /** By type, and the averages as the report names them: "micro avg". */
  readonly entities: Readonly<Record<string, EntityScore>>;
  /** Folder of the exported model. */
  readonly exported: string;
  /** Files that its manifest names; each was compared with its hash. */
  readonly files: number;
  readonly bytes: number;
}

interface CompleteMarker {
  readonly step: number;
  readonly export?: string;
  readonly report: { readonly entities?: Readonly<Record<string, Readonly<Record<string, number>>>> };
}

interface ExportManifest {
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

/**
 * Reads the completion marker of a run and the manifest of its model, and compares each of the model's files with it.
 * @throws RunFailed where one is missing or is not what the manifest says
 */
export async function readResults(aws: EmulatedAws, { launchSpec: { run } }: RenderedJob): Promise<RunResults> {
  const marker = await readJson<CompleteMarker>(aws, `${run.output.replace(/\/+$/, "")}/${run.id}/complete.json`);
  const exported = marker.export;
  if (exported === undefined) throw new RunFailed(`run ${run.id} exported no model`);
  const { files } = await readJson<ExportManifest>(aws, `${exported}/MANIFEST.json`);
  for (const [name, { sha256 }] of Object.entries(files)) {
    const bytes = await aws.get(`${exported}/${name}`);
    const found = bytes && createHash("sha256").update(bytes).digest("hex");
    if (found !== sha256)
      throw new RunFailed(`${exported}/${name} is not what its manifest says: ${found ?? "missing"}`);
  }
  return {
    steps: marker.step,
    entities: Object.fromEntries(
      Object.entries(marker.report.entities ?? {}).map(([name, score]) => [name, scoreOf(score)]),
    ),
    exported,
    files: Object.keys(files).length,
    bytes: Object.values(files).reduce((sum, { size }) => sum + size, 0),
  };
}

function scoreOf(score: Readonly<Record<string, number>>): EntityScore {
  const { precision = 0, recall = 0, support = 0 } = score;
  return { precision, recall, f1: score["f1-score"] ?? 0, support };
}

async function readJson<T>(aws: EmulatedAws, uri: string): Promise<T> {
  const bytes = await aws.get(uri);
  if (bytes === undefined) throw new RunFailed(`${uri} is missing`);
  return JSON.parse(bytes.toString("utf8")) as T;
}
