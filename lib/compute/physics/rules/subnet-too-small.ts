import { parseCidr } from "../../../core";
import { addressNeeds, subnetAddresses, subnetPrefix } from "../../fabric/addresses";
import { soundDesign } from "../examples";
import type { PhysicsRule, Violation } from "../rule";

const zone = "us-east-1a";

/** AWS makes no subnet larger than that. Source: Amazon VPC user guide, "Subnet CIDR blocks", 2026. */
const LARGEST_PREFIX = 16;

/**
 * Every node holds addresses. One zone holds all nodes; of several, each should hold its share, since that is how a node group and
 * Karpenter spread them.
 */
export const subnetTooSmall: PhysicsRule = {
  code: "SUBNET_TOO_SMALL",
  law: "A subnet has as many addresses as its nodes hold, and the five that AWS keeps.",
  source: {
    text: "Amazon EKS user guide, device-management-efa, Conserving IP address allocation; aws/amazon-vpc-cni-k8s, docs/eni-and-ip-target.md; Amazon VPC user guide, Subnet CIDR blocks",
    date: "2026-08",
  },
  bad: soundDesign("p5.48xlarge", { subnets: [{ zone, cidr: "10.0.0.0/25" }] }),
  good: soundDesign("p5.48xlarge", { subnets: [{ zone, cidr: "10.0.0.0/24" }] }),
  correction: "256 addresses for four nodes that hold 50 each",
  check: ({ spec, interfaces, zones, maxNodes, podsElsewhere, subnets = [] }) => {
    const nodes = Math.ceil(maxNodes / zones.length);
    const { heldPerNode } = addressNeeds(spec, interfaces, podsElsewhere);
    const violations = zones.flatMap((one) => {
      const ranges = subnets.filter((subnet) => subnet.zone === one).map(({ cidr }) => cidr);
      return tooSmall(one, ranges, heldPerNode, nodes) ?? [];
    });
    return violations[0];
  },
};

function tooSmall(
  at: string,
  ranges: readonly (string | undefined)[],
  heldPerNode: number,
  nodes: number,
): Violation | undefined {
  const sizes = ranges.map(sizeOf);
  // A zone without a known subnet may have any.
  if (sizes.length === 0 || !sizes.every((size) => size !== undefined)) return undefined;
  const fitting = sizes.reduce((sum, size) => sum + nodesIn(size, heldPerNode), 0);
  if (!(nodes > fitting)) return undefined;
  const needed = subnetAddresses(heldPerNode, nodes);
  const prefix = subnetPrefix(needed);
  const larger = prefix < LARGEST_PREFIX ? "" : `, or a /${prefix} for the ${needed} addresses of ${nodes} nodes`;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    property: "subnets",
    got: `${ranges.join(", ")} in ${at}, ${total} addresses`,
    allowed: `at most ${fitting} nodes in the zone, which hold ${heldPerNode} addresses each${larger}`,
  };
}

/** A range that is known after apply has no size yet. */
function sizeOf(cidr: string | undefined): number | undefined {
  try {
    return cidr === undefined ? undefined : 2 ** (32 - parseCidr(cidr, "subnets").prefix);
  } catch {
    return undefined;
  }
}

function nodesIn(size: number, heldPerNode: number): number {
  return Math.max(Math.floor((size - subnetAddresses(heldPerNode, 0)) / heldPerNode), 0);
}
