import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { ContractChannel } from "cdktf-ai-datacenter/core";
import { Renderers } from "cdktf-ai-datacenter/kubernetes";
import { type StageConfig, stages } from "./config";
import { RUNTIME_FOLDER, storeNames } from "./contracts";
import { OperatorsStack } from "./operators";
import { PlatformStack } from "./platform";
import { hasWorkloads, WorkloadsStack } from "./workloads";

/**
 * Writes the Kubernetes half of every stage as YAML, one object a file: `npm run -s render`. Nothing is deployed to know identifiers from,
 * so examples stand in their places: read the files, judge them, but give a cluster what the stacks themselves make.
 */
export function renderStages(folder: string, configs: readonly StageConfig[] = stages): void {
  const app = new App({ outdir: join(folder, "render") });
  for (const config of configs) {
    const written = (stack: string) => ({
      channel: exampleIdentifiers(config),
      renderer: Renderers.files({ directory: join(folder, "manifests", `${config.name}-${stack}`) }),
    });
    new OperatorsStack(app, config, written("operators"));
    new PlatformStack(app, config, written("platform"));
    for (const team of config.teams.filter(hasWorkloads)) {
      new WorkloadsStack(app, config, team, written(`workloads-${team.name}`));
    }
  }
  app.synth();
}

const EXAMPLE_HASH = "0".repeat(64);

/** Identifiers of the right form. */
export function exampleIdentifiers(config: StageConfig): ContractChannel {
  const { name, accountId, region, zones, elasticPools } = config;
  const buckets = storeNames(config);
  const ofPools = Object.keys(elasticPools ?? {}).flatMap((pool) => [
    [`${pool}-securityGroupId`, "sg-0123456789abcdef1"],
    [`${pool}-placementGroupName`, `${name}-${pool}`],
  ]);
  const subnets = zones.map((_, index) => `subnet-${index}123456789abcdef`).join(",");
  const key = `arn:aws:kms:${region}:${accountId}:key/00000000-0000-0000-0000-000000000000`;
  return ContractChannel.literals({
    "cluster/v1": {
      name,
      endpoint: `https://0123456789ABCDEF.gr7.${region}.eks.amazonaws.com`,
      caData: Buffer.from("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n").toString("base64"),
      securityGroupId: "sg-0123456789abcdef0",
    },
    "data/v1": Object.fromEntries(Object.entries(buckets).map(([store, bucket]) => [`${store}Bucket`, bucket])),
    "runtime/v1": {
      uri: `s3://${buckets.models}/${RUNTIME_FOLDER}${EXAMPLE_HASH}.zip`,
      sha256: EXAMPLE_HASH,
      version: "0.1.0",
    },
    "keys/v1": { dataKeyArn: key, clusterKeyArn: key },
    "network/v1": { vpcId: "vpc-0123456789abcdef0", privateSubnetIds: subnets, acceleratorSubnetIds: subnets },
    "karpenter/v1": { queueName: name, instanceProfileName: `${name}-nodes`, ...Object.fromEntries(ofPools) },
  });
}

if (require.main === module) {
  const folder = resolve(process.env.CDKTF_OUTDIR ?? "cdktf.out");
  rmSync(join(folder, "manifests"), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  renderStages(folder);
  console.log(`Manifests are in ${join(folder, "manifests")}.`);
}
