import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A training job as it was rendered, as far as one of its pods is concerned. */
export interface RenderedJob {
  /** Stack that it stands in. */
  readonly stack: string;
  /** Name of the run and of the JobSet. */
  readonly runId: string;
  readonly command: readonly string[];
  /** In the order of the pod, as later ones may refer to earlier ones. Those that Kubernetes alone knows are left out. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the files of the ConfigMap are mounted. */
  readonly configFolder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly launchSpec: RenderedLaunchSpec;
}

/** What is looked at of a launch spec. */
export interface RenderedLaunchSpec {
  readonly run: { readonly id: string; readonly output: string };
  readonly data: { readonly train: string; readonly eval: string | null };
  readonly train: { readonly steps: number };
  readonly fabric: { readonly kind: string; readonly check: string };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicatedJobs: readonly [
      { readonly template: { readonly spec: { readonly template: { readonly spec: PodSpec } } } },
    ];
  };
}

interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

const SPEC_FILE = "launch-spec.json";

/** The training jobs in folders of rendered manifests, one folder a stack, sorted by stack and run. */
export function renderedJobs(folder: string): RenderedJob[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((stack) => jobsOf(stack, join(folder, stack)));
}

function jobsOf(stack: string, folder: string): RenderedJob[] {
  const names = readdirSync(folder)
    .filter((name) => /^[^.].*\.yaml$/.test(name))
    .sort();
  const manifests = names.map((name) => parse(readFileSync(join(folder, name), "utf8")) as Manifest);
  return manifests.flatMap((manifest) => (manifest.kind === "JobSet" ? jobOf(stack, manifest, manifests) : []));
}

function jobOf(stack: string, { metadata, spec }: Manifest, manifests: readonly Manifest[]): RenderedJob[] {
  const pod = spec?.replicatedJobs[0].template.spec.template.spec;
  const volume = pod?.volumes.find(({ configMap }) => filesOf(configMap?.name, manifests)[SPEC_FILE] !== undefined);
  if (pod === undefined || volume === undefined) return [];
  const [container] = pod.containers;
  const files = filesOf(volume.configMap?.name, manifests);
  const mount = container.volumeMounts.find(({ name }) => name === volume.name);
  return [
    {
      stack,
      runId: metadata.name,
      command: [...(container.command ?? []), ...(container.args ?? [])],
      env: Object.fromEntries(
        (container.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
      ),
      configFolder: mount?.mountPath ?? "",
      files,
      launchSpec: JSON.parse(files[SPEC_FILE] ?? "{}") as RenderedLaunchSpec,
    },
  ];
}

function filesOf(configMap: string | undefined, manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const found = manifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === configMap);
  return found?.data ?? {};
}
