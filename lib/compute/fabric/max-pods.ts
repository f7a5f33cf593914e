import type { InstanceTypeSpec } from "../../catalog";
import { type FabricInterface, hasAddress } from "./interfaces";

/** EKS caps managed nodes. Source: Amazon EKS user guide, "Assign more IP addresses to Amazon EKS nodes with prefixes", 2026. */
const FEW_VCPUS = 30;
const MOST_PODS = { few: 110, many: 250 };
/** Pods on the host's own network, which take no address: the VPC CNI and kube-proxy. */
const HOST_PODS = 2;

/**
 * Most pods of a node: those that EKS allows and that can get an address. The VPC CNI uses the default network card only and keeps
 * the first address of each interface for itself; an EFA-only interface on that card takes a slot and gives no address, which the
 * node's own bootstrap (nodeadm) does not subtract. Two host-network system pods come on top.
 * Source: awslabs/amazon-eks-ami `nodeadm/internal/kubelet/eni_max_pods.go`, 2026-07; the subtraction as
 * aws/karpenter-provider-aws v1.14.1 `pkg/providers/instancetype/types.go`, ENILimitedPods. Hardware has not confirmed it here.
 */
export function maxPods(spec: InstanceTypeSpec, interfaces: readonly FabricInterface[]): number {
  const withAddress = addressSlots(spec, interfaces) * (spec.ipv4PerInterface - 1) + HOST_PODS;
  return Math.min(withAddress, spec.vcpus < FEW_VCPUS ? MOST_PODS.few : MOST_PODS.many);
}

/** Interfaces on the default card that can take addresses for pods. */
export function addressSlots(spec: InstanceTypeSpec, interfaces: readonly FabricInterface[]): number {
  const without = interfaces.filter((one) => one.card === 0 && !hasAddress(one)).length;
  return Math.max((spec.networkCards[0] ?? 1) - without, 0);
}
