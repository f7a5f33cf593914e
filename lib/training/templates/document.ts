import { InvalidProps } from "../../core";
import { SecretRef } from "../../kubernetes";
import { Token } from "../../terraform/cdktf";
import type { TrainingJobOptions } from "../training-job-props";

/** Parts of a template that a job may change: some of its members where it is a part of the launch spec, else the whole value. */
export enum JobOverride {
  NODES = "nodes",
  MIN_NODES = "minNodes",
  MAX_NODES = "maxNodes",
  SEED = "seed",
  PRIORITY = "priority",
  TASK = "task",
  MODEL = "model",
  DATA = "data",
  TRAIN = "train",
  PARALLEL = "parallel",
  OPTIMIZER = "optimizer",
  SCHEDULE = "schedule",
  CHECKPOINT = "checkpoint",
}

/** A template as it lies in a file. */
export interface JobTemplateDocument {
  readonly version: 1;
  readonly team: string;
  readonly name: string;
  readonly overrides: readonly JobOverride[];
  /** Whether the cluster has the Prometheus operator's resources. */
  readonly monitored: boolean;
  /** The job, without its secrets. */
  readonly job: Readonly<Record<string, unknown>>;
  /** Keys of Kubernetes Secrets, by variable. */
  readonly secretEnv: Readonly<Record<string, SecretKey>>;
}

interface SecretKey {
  readonly secretName: string;
  readonly key: string;
}

/**
 * A job as data for a file. Of secrets it holds the names of the Kubernetes Secrets, which are made apart.
 * @throws InvalidProps JOB_TEMPLATE_INVALID, SECRET_USE_UNSUPPORTED
 */
export function templateDocument(
  { job, ...about }: Omit<JobTemplateDocument, "version" | "job" | "secretEnv"> & { readonly job: TrainingJobOptions },
  at: string,
): JobTemplateDocument {
  const { secretEnv = {}, secretFiles, ...plain } = job;
  if (secretFiles !== undefined) {
    const allowed = "secretEnv: secrets as files have no form in a template";
    throw new InvalidProps("JOB_TEMPLATE_INVALID", `${at}.job.secretFiles`, { got: Object.keys(secretFiles), allowed });
  }
  refuseTokens(plain, `${at}.job`);
  return {
    version: 1,
    ...about,
    job: JSON.parse(JSON.stringify(plain)) as Readonly<Record<string, unknown>>,
    secretEnv: Object.fromEntries(Object.entries(secretEnv).map(([name, secret]) => [name, keyOf(secret, name)])),
  };
}

function keyOf(secret: SecretRef, name: string): SecretKey {
  const { valueFrom } = secret.envVar(name) as {
    readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  };
  return { secretName: valueFrom.secretKeyRef.name, key: valueFrom.secretKeyRef.key };
}

/** The job of a template again. */
export function jobOfTemplate({ job, secretEnv }: JobTemplateDocument): TrainingJobOptions {
  const secrets = Object.entries(secretEnv).map(([name, secret]) => [name, SecretRef.existing(secret)]);
  return {
    ...(job as unknown as TrainingJobOptions),
    secretEnv: Object.fromEntries(secrets) as Record<string, SecretRef>,
  };
}

function refuseTokens(value: unknown, at: string): void {
  if (typeof value === "object" && value !== null && !Token.isUnresolved(value)) {
    for (const [member, inner] of Object.entries(value)) refuseTokens(inner, `${at}.${member}`);
    return;
  }
  if (!Token.isUnresolved(value)) return;
  const allowed = "what is known at synth: a template is a file, written before anything is applied";
  throw new InvalidProps("JOB_TEMPLATE_INVALID", at, { got: value, allowed });
}
