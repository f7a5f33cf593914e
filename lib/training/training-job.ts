import type { StorageAccess } from "../contracts";
import { InvalidProps, safeId } from "../core";
import type { KubernetesManifest, PlaceOptions } from "../kubernetes";
import { Construct } from "../terraform/cdktf";
import type { CompleteLaunchSpec } from "./launch-spec";
import { resolveTrainingJob } from "./resolve-training-job";
import type { TrainingJobProps } from "./training-job-props";
import { trainingManifests } from "./training-manifests";

/**
 * A model that is trained on whole nodes of one pool: all of them start together, save what they learned, and start again from there.
 *
 * The run is called by the job's name and a hash of what is learned, and the JobSet by the run. What is learned differently is therefore
 * another run beside the old one, with a folder of its own, and the old one goes on (`RunProtection`); what changes only how it runs (nodes, image, restarts) belongs to the same
 * run, whose JobSet Kubernetes lets nobody change while it is there: cancel it (`aidc job cancel`), and apply again. A run that is
 * complete ends at once when it is started again, as its marker stands in the store; so nothing is deleted after a time.
 */
export class TrainingJob extends Construct {
  /** Name of the run and of its JobSet. */
  public readonly runId: string;
  /** The launch spec, with all defaults. */
  public readonly launchSpec: CompleteLaunchSpec;
  /** What the service account must be granted: see `grantAccess`. */
  public readonly access: readonly StorageAccess[];

  /** @throws InvalidProps as `resolveTrainingJob`; API_GROUP_MISSING without JobSet */
  public constructor(scope: Construct, id: string, props: TrainingJobProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { target, ...options } = props;
    const { path } = this.node;
    if (!target.has(JOBSET_GROUP)) {
      const allowed = "a cluster with JobSet (Operator.JOBSET)";
      throw new InvalidProps("API_GROUP_MISSING", path, { got: JOBSET_GROUP, allowed });
    }
    const job = resolveTrainingJob(options, path);
    const manifests = trainingManifests(job, { monitored: target.has("monitoring.coreos.com") }, path);
    const [configMap, jobSet, ...watching] = manifests;
    const placed = (manifest?: KubernetesManifest, options?: PlaceOptions) =>
      manifest === undefined ? [] : target.placeAll(this, [manifest], options);
    // Taken away after the JobSet: where that stays (`RunProtection`) or cannot be changed, what it reads and what watches it stay too.
    const read = placed(configMap, { goesLast: true });
    placed(jobSet, { after: [...read, ...target.placeAll(this, watching)] });
    this.runId = job.runId;
    this.launchSpec = job.launchSpec;
    this.access = job.access;
  }
}

const JOBSET_GROUP = "jobset.x-k8s.io";
