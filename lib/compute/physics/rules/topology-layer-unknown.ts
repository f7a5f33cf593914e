import { soundDesign } from "../examples";
import type { PhysicsRule } from "../rule";

const LAYER = /^topology\.k8s\.aws\/network-node-layer-(\d+)$/;
const HOST = "kubernetes.io/hostname";
const layer = (number: number) => `topology.k8s.aws/network-node-layer-${number}`;

/** EC2 tells three layers of most types, and four of a few. */
export const topologyLayerUnknown: PhysicsRule = {
  code: "TOPOLOGY_LAYER_UNKNOWN",
  law: "A topology names no more network layers than EC2 tells of the instance type.",
  source: {
    text: "kubernetes-sigs/kueue #6996 and #5039; awslabs/awsome-distributed-ai, 1.architectures/7.sagemaker-hyperpod-eks/cluster-topology/README.md",
    date: "2026-07-23",
  },
  bad: soundDesign("p5.48xlarge", { topologyLevels: [layer(4), HOST] }),
  good: soundDesign("p5.48xlarge", { topologyLevels: [layer(3), HOST] }),
  correction: "the topology stops at layer 3, which is the nearest of the type",
  check: ({ spec: { instanceType, topologyLayers: known }, topologyLevels = [] }) => {
    const unknown = topologyLevels.find((level) => {
      const named = LAYER.exec(level)?.[1];
      return named !== undefined && known !== undefined && !(Number(named) >= 1 && Number(named) <= known);
    });
    if (unknown === undefined) return undefined;
    return {
      property: "topologyLevels",
      got: unknown,
      allowed: `layers 1 to ${known} of ${instanceType}, and ${HOST} last`,
    };
  },
};
