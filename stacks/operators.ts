import type { Construct } from "constructs";
import { karpenterValues } from "cdktf-ai-datacenter/compute";
import { DatacenterStack } from "cdktf-ai-datacenter/core";
import { AcceleratorRuntime, KubernetesTarget, Operator, Operators } from "cdktf-ai-datacenter/kubernetes";
import { NatGateways } from "cdktf-ai-datacenter/network";
import type { StageConfig } from "./config";
import { readCluster, readKarpenter } from "./contracts";
import {
  connectionOf,
  elasticPoolsOf,
  imagesOf,
  type KubernetesStackOptions,
  operatorsOf,
  profilesOf,
} from "./kubernetes";

/** What turns nodes with accelerators into a platform: device plugins, and the controllers with their CRDs. */
export class OperatorsStack extends DatacenterStack {
  public constructor(scope: Construct, config: StageConfig, options: KubernetesStackOptions = {}) {
    super(scope, `${config.name}-operators`, { stage: config.name, ...config, channel: options.channel });
    const cluster = readCluster(this, config);
    const connection = connectionOf(config, cluster);
    const target = new KubernetesTarget(this, "Kubernetes", { connection, renderer: options.renderer });
    const operators = operatorsOf(config);
    const reached = { images: imagesOf(config), hasInternet: config.natGateways !== NatGateways.NONE };
    new AcceleratorRuntime(this, "Accelerators", { target, pools: profilesOf(config), ...reached });
    const karpenter = operators.includes(Operator.KARPENTER) ? this.karpenter(config, cluster.name) : undefined;
    const values = karpenter === undefined ? undefined : { karpenter };
    new Operators(this, "Operators", { target, operators, values, ...reached });
  }

  /** What the chart must know of the AWS half. */
  private karpenter(config: StageConfig, clusterName: string): Readonly<Record<string, unknown>> {
    const pools = elasticPoolsOf(config);
    const { queueName } = readKarpenter(this, config, []);
    return {
      ...karpenterValues({
        clusterName,
        queueName,
        identity: { namespace: "kube-system", serviceAccount: "karpenter", annotations: {} },
        isolated: config.natGateways === NatGateways.NONE,
        staticCapacity: pools.some(({ capacity }) => capacity.nodes !== undefined),
      }),
    };
  }
}
