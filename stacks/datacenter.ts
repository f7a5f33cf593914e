import type { Construct } from "constructs";
import { ACCESS_HOST_TYPE, SYSTEM_POOL_DEFAULTS } from "cdktf-ai-datacenter/compute";
import { type HourlyFloor, hourlyFloor } from "cdktf-ai-datacenter/planner";
import { NatGateways } from "cdktf-ai-datacenter/network";
import { BootstrapStack } from "./bootstrap";
import { ClusterStack } from "./cluster";
import type { StageConfig } from "./config";
import { DataStack } from "./data";
import { FoundationStack } from "./foundation";
import { OperatorsStack } from "./operators";
import { PlatformStack } from "./platform";
import { hasWorkloads, WorkloadsStack } from "./workloads";

/** All stacks of one stage, in the order in which they are deployed; the bootstrap stack stands by itself. */
export function addStage(scope: Construct, config: StageConfig): void {
  new BootstrapStack(scope, config);
  new FoundationStack(scope, config);
  new DataStack(scope, config);
  new ClusterStack(scope, config);
  new OperatorsStack(scope, config);
  new PlatformStack(scope, config);
  for (const team of config.teams.filter(hasWorkloads)) new WorkloadsStack(scope, config, team);
}

/** What a stage costs per hour before anybody uses it. */
export function stageFloor(config: StageConfig): HourlyFloor {
  const nats = { [NatGateways.PER_ZONE]: config.zones.length, [NatGateways.ONE]: 1, [NatGateways.NONE]: 0 };
  return hourlyFloor({
    clusters: 1,
    natGateways: nats[config.natGateways],
    interfaceEndpoints: config.interfaceEndpoints.length,
    zones: config.zones.length,
    nodes: [
      { name: "system pool", instanceType: SYSTEM_POOL_DEFAULTS.instanceType, nodes: SYSTEM_POOL_DEFAULTS.minNodes },
      ...(config.accessHost ? [{ name: "access host", instanceType: ACCESS_HOST_TYPE, nodes: 1 }] : []),
      ...Object.entries(config.pools).map(([name, { instanceType, capacity, minNodes = 0, desiredNodes }]) => ({
        name: `pool ${name}`,
        instanceType,
        nodes: desiredNodes ?? capacity?.nodes ?? minNodes,
      })),
      ...Object.entries(config.elasticPools ?? {}).map(([name, { instanceType, capacity }]) => ({
        name: `pool ${name}`,
        instanceType,
        nodes: capacity?.nodes ?? 0,
      })),
    ],
  });
}
