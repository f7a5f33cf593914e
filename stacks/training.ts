import {
  AccessMode,
  type PoolProfile,
  type RuntimeReference,
  type ServiceIdentity,
  type StorageAccess,
  type StorageLocation,
} from "cdktf-ai-datacenter/contracts";
import { InvalidProps } from "cdktf-ai-datacenter/core";
import { teamNamespace } from "cdktf-ai-datacenter/kubernetes";
import { resolveTrainingJob, type TrainingJobOptions } from "cdktf-ai-datacenter/training";
import { type StageConfig, StageStore, type TeamConfig } from "./config";
import { type DataStores, RUNTIME_FOLDER, storeNames } from "./contracts";
import type { JobConfig } from "./jobs";
import { profilesOf } from "./kubernetes";

/** Folder of a team's runs in the checkpoints. */
const RUNS = "runs/";

/**
 * A team's job with all that the stage decides. A run is called by a hash of what is learned, the names of its stores among it; so they are those
 * that the config gives, known at synth, and the run has the same name in every stack and every template.
 * @param runtime what its pods fetch @default - the image holds it
 * @throws InvalidProps POOL_UNKNOWN
 */
export function trainingJobOf(
  config: StageConfig,
  team: TeamConfig,
  job: JobConfig,
  runtime: RuntimeReference | undefined,
): TrainingJobOptions {
  const { pool, dataset, evalDataset, ...options } = job;
  return {
    ...options,
    pool: poolOf(config, pool, `${config.name}.teams.${team.name}.jobs.${job.name}.pool`),
    identity: jobsIdentity(team),
    image: config.trainingImage ?? "",
    runtime,
    dataset: locationOf(config, StageStore.DATASETS, dataset, true),
    evalDataset: evalDataset === undefined ? undefined : locationOf(config, StageStore.DATASETS, evalDataset, true),
    checkpoints: locationOf(config, StageStore.CHECKPOINTS, `${team.name}/${RUNS}`, false),
  };
}

/** The identity of a team's jobs; its AWS half stands in the cluster stack, and binds to it by these names. */
export function jobsIdentity({ name }: TeamConfig): ServiceIdentity {
  return { namespace: teamNamespace(name), serviceAccount: "jobs", annotations: {} };
}

/**
 * What a team's pods use of the stores, and nothing else: its folders and mounts, what its jobs read, where they write, and the runtime.
 * Jobs of templates are called as their files say, so with any template all runs of the team are meant.
 */
export function storageAccessOf(config: StageConfig, team: TeamConfig): readonly StorageAccess[] {
  const { jobs = [], templates = [], mounts = [], folders = [] } = team;
  const at = (store: StageStore, prefix: string) => locationOf(config, store, prefix, true).uri;
  const read = mounts.map(({ store = StageStore.DATASETS, prefix = "" }) => ({
    uri: at(store, prefix),
    mode: AccessMode.READ,
  }));
  const named = folders.map(({ store, prefix, mode = AccessMode.READ }) => ({ uri: at(store, prefix), mode }));
  const used = [...jobs, ...templates].flatMap((job) => {
    const options = trainingJobOf(config, team, job, undefined);
    return resolveTrainingJob(options, `${config.name}.teams.${team.name}.jobs.${job.name}`).access;
  });
  const runs = { uri: at(StageStore.CHECKPOINTS, `${team.name}/${RUNS}`), mode: AccessMode.WRITE };
  const isWithin = (access: StorageAccess) => access.mode === AccessMode.WRITE && access.uri.startsWith(runs.uri);
  const ofJobs = templates.length === 0 ? used : [...used.filter((access) => !isWithin(access)), runs];
  const runtime = used.length === 0 ? [] : [{ uri: at(StageStore.MODELS, RUNTIME_FOLDER), mode: AccessMode.READ }];
  return [...read, ...named, ...ofJobs, ...runtime];
}

/** The same places in stores that may be called otherwise, such as by a name that is known only after apply. */
export function storageAccessIn(
  stores: DataStores,
  config: StageConfig,
  access: readonly StorageAccess[],
): readonly StorageAccess[] {
  const roots = Object.values(StageStore).map(
    (store) => [`s3://${storeNames(config)[store]}/`, stores[store]] as const,
  );
  return access.map(({ uri, mode }) => {
    const [root = "", store] = roots.find(([each]) => uri.startsWith(each)) ?? [];
    return { uri: store === undefined ? uri : `${store.at("").uri}${uri.slice(root.length)}`, mode };
  });
}

function poolOf(config: StageConfig, name: string, at: string): PoolProfile {
  const profiles = profilesOf(config);
  const found = profiles.find(({ poolName }) => poolName === name);
  if (found !== undefined) return found;
  const allowed = profiles.map(({ poolName }) => poolName).join(", ") || "nothing: there are no pools";
  throw new InvalidProps("POOL_UNKNOWN", at, { got: name, allowed });
}

function locationOf(config: StageConfig, store: StageStore, path: string, readOnly: boolean): StorageLocation {
  return { uri: `s3://${storeNames(config)[store]}/${path}`, readOnly, region: config.region };
}
