import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AccessMode, type StorageAccess } from "../../contracts";
import { InvalidProps, safeId } from "../../core";
import { checkLabelName } from "../../kubernetes/gang/names";
import { addCustomSynthesis, Construct } from "../../terraform/cdktf";
import { stableText } from "../launch-spec";
import { resolveTrainingJob } from "../resolve-training-job";
import type { TrainingJobOptions } from "../training-job-props";
import { JobOverride, type JobTemplateDocument, templateDocument } from "./document";

export interface JobTemplateProps {
  /** Team whose people submit jobs of it. */
  readonly team: string;
  /** What the job is unless its file says otherwise. All values are known at synth. */
  readonly job: TrainingJobOptions;
  /** Parts that a job's file may change. @default - all but the task and the model */
  readonly overrides?: readonly JobOverride[];
  /** Whether the cluster has the Prometheus operator's resources. @default false */
  readonly monitored?: boolean;
}

const DEFAULT_OVERRIDES = Object.values(JobOverride).filter(
  (part) => part !== JobOverride.TASK && part !== JobOverride.MODEL,
);

/** A template, complete and checked. @throws InvalidProps JOB_TEMPLATE_INVALID, KUBERNETES_NAME_INVALID; as `resolveTrainingJob` */
export function resolveJobTemplate(props: JobTemplateProps, at: string): JobTemplateDocument {
  const { team, job, overrides = DEFAULT_OVERRIDES, monitored = false } = props;
  checkLabelName(team, `${at}.team`);
  const unknown = overrides.find((part) => !Object.values(JobOverride).includes(part));
  if (unknown !== undefined) {
    const allowed = Object.values(JobOverride).join(", ");
    throw new InvalidProps("JOB_TEMPLATE_INVALID", `${at}.overrides`, { got: unknown, allowed });
  }
  const document = templateDocument({ team, name: job.name, overrides: [...overrides].sort(), monitored, job }, at);
  resolveTrainingJob(job, at);
  return document;
}

/**
 * A job that people of a team may submit without Terraform: it is written to `jobs/<team>/<name>.json` in the folder that is synthesized
 * into, and `npx aidc job submit FILE` makes a job of it, with what the file changes. The platform decides on pool, image, identity,
 * stores and queue; the file on nodes and hyperparameters.
 */
export class JobTemplate extends Construct {
  /** What the service account must be granted for all jobs of it: the whole folder of their results. */
  public readonly access: readonly StorageAccess[];

  /** @throws InvalidProps ID_UNSAFE; as `resolveJobTemplate` */
  public constructor(scope: Construct, id: string, props: JobTemplateProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const document = resolveJobTemplate(props, this.node.path);
    const { access } = resolveTrainingJob(props.job, this.node.path);
    const output = { uri: props.job.checkpoints.uri, mode: AccessMode.WRITE };
    this.access = [...access.filter(({ uri }) => !uri.startsWith(output.uri) || uri === output.uri), output];
    addCustomSynthesis(this, {
      onSynthesize: ({ outdir }) => {
        const folder = join(outdir, "jobs", document.team);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `${document.name}.json`), `${stableText(document)}\n`);
      },
    });
  }
}
