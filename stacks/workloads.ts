import type { Construct } from "constructs";
import { DatacenterStack, idFrom, InvalidProps } from "cdktf-ai-datacenter/core";
import {
  type KubernetesManifest,
  KubernetesTarget,
  lustreVolume,
  objectVolume,
  SecretRef,
  SECRETS_STORE_GROUP,
  teamNamespace,
} from "cdktf-ai-datacenter/kubernetes";
import { JobTemplate, TrainingJob } from "cdktf-ai-datacenter/training";
import { type StageConfig, StageStore, type TeamConfig } from "./config";
import { packagedRuntime, readCluster, readData, readRuntime } from "./contracts";
import { connectionOf, deployAfter, type KubernetesStackOptions, operatorsOf } from "./kubernetes";
import { trainingJobOf } from "./training";

/** Whether a team has anything of its own to place: only then has it a stack. */
export function hasWorkloads({ mounts, fileSystems, secrets, jobs, templates }: TeamConfig): boolean {
  return [mounts, fileSystems, secrets, jobs, templates].some((parts) => (parts ?? []).length > 0);
}

/**
 * What runs in a team's namespace, or stands ready for it: data as claims, secrets by name, training jobs, and templates of jobs that its people
 * submit. One stack a team, so that teams deploy apart.
 */
export class WorkloadsStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig, team: TeamConfig, options: KubernetesStackOptions = {}) {
    super(scope, `${config.name}-workloads-${team.name}`, {
      stage: config.name,
      ...config,
      channel: options.channel,
    });
    const connection = connectionOf(config, readCluster(this, config), operatorsOf(config));
    const target = new KubernetesTarget(this, "Kubernetes", { connection, renderer: options.renderer });
    if (team.mounts !== undefined) target.placeAll(this, this.objectVolumes(config, team.name, team.mounts));
    target.placeAll(this, this.fileSystems(team));
    target.placeAll(this, this.secrets(config, team, target));
    this.addJobs(config, team, target);
    // The namespace is made there.
    deployAfter(this, `${config.name}-platform`);
  }

  /** The cluster stack lets the team's pods read these stores, by EKS Pod Identity: so the mount is theirs and not the driver's. */
  private objectVolumes(
    config: StageConfig,
    team: string,
    mounts: NonNullable<TeamConfig["mounts"]>,
  ): readonly KubernetesManifest[] {
    if (mounts.length === 0) return [];
    const stores = readData(this, config);
    return mounts.flatMap(({ store = StageStore.DATASETS, prefix = "", ...options }) => {
      const location = stores[store].readOnlyAt(prefix);
      const at = `${this.node.path}.mounts.${options.name}`;
      return objectVolume({ ...options, namespace: teamNamespace(team), location }, at);
    });
  }

  /** The stage's own jobs run what the data stack has uploaded; a template is a file, and knows it at synth. */
  private addJobs(config: StageConfig, team: TeamConfig, target: KubernetesTarget): void {
    const { jobs = [], templates = [] } = team;
    const uploaded = jobs.length === 0 ? undefined : readRuntime(this, config);
    for (const job of jobs) {
      new TrainingJob(this, idFrom("Job", job.name), { ...trainingJobOf(config, team, job, uploaded), target });
    }
    const packaged = templates.length === 0 ? undefined : packagedRuntime(config, `${this.node.path}.templates`);
    const monitored = target.has("monitoring.coreos.com");
    for (const template of templates) {
      const job = trainingJobOf(config, team, template, packaged);
      new JobTemplate(this, idFrom("Template", template.name), { team: team.name, job, monitored });
    }
  }

  private fileSystems({ name, fileSystems = [] }: TeamConfig): readonly KubernetesManifest[] {
    return fileSystems.flatMap((options) =>
      lustreVolume({ ...options, namespace: teamNamespace(name) }, `${this.node.path}.fileSystems.${options.name}`),
    );
  }

  private secrets(
    { region }: StageConfig,
    { name, secrets = [] }: TeamConfig,
    target: KubernetesTarget,
  ): readonly KubernetesManifest[] {
    if (secrets.length > 0 && !target.has(SECRETS_STORE_GROUP)) {
      const allowed = "a cluster with the Secrets Store CSI driver (Operator.SECRETS_STORE_CSI)";
      throw new InvalidProps("API_GROUP_MISSING", `${this.node.path}.secrets`, { got: SECRETS_STORE_GROUP, allowed });
    }
    return secrets.flatMap((secret) => SecretRef.csi({ ...secret, region }).manifests(teamNamespace(name)));
  }
}
