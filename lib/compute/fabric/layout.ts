import type { InstanceTypeSpec } from "../../catalog";
import { InvalidProps } from "../../core";
import { Fabric } from "./fabric";

/** What an interface carries, in the words of the EC2 API. */
export enum InterfaceKind {
  /** IP only. */
  ENA = "interface",
  /** EFA only: no IP address, and so no pods. */
  EFA_ONLY = "efa-only",
}

/** One network interface of a node. */
export interface FabricInterface {
  readonly card: number;
  readonly device: number;
  readonly kind: InterfaceKind;
}

/**
 * The network interfaces of a node, in the layout that saves IP addresses: one ENA interface at card 0 / device 0, an EFA-only
 * interface at card 0 / device 1 if that card has EFA, and at device 0 of every further card that has one.
 * Source: Amazon EC2 user guide, "Maximize network bandwidth on Amazon EC2 instances with multiple network cards", 2026.
 *
 * @param at path of the pool, for messages
 * @throws InvalidProps EFA_UNSUPPORTED for a type without EFA, or whose cards cannot hold the layout
 */
export function layoutInterfaces(spec: InstanceTypeSpec, fabric: Fabric, at: string): FabricInterface[] {
  const primary = { card: 0, device: 0, kind: InterfaceKind.ENA };
  if (fabric === Fabric.NONE) return [primary];
  if (spec.efaInterfaces === 0) {
    throw new InvalidProps("EFA_UNSUPPORTED", `${at}.fabric`, { got: spec.instanceType, allowed: "a type with EFA" });
  }
  const first = spec.firstEfaCard ?? 0;
  const efa = Array.from({ length: spec.efaInterfaces }, (_, index) => {
    const card = first + index;
    return { card, device: card === 0 ? 1 : 0, kind: InterfaceKind.EFA_ONLY };
  });
  const misplaced = efa.find(({ card, device }) => device >= (spec.networkCards[card] ?? 0));
  if (misplaced) {
    const got = `${spec.efaInterfaces} EFA interfaces from card ${first} on cards [${spec.networkCards.join(", ")}]`;
    const allowed = `a specification whose card ${misplaced.card} holds device ${misplaced.device}`;
    throw new InvalidProps("EFA_UNSUPPORTED", `${at}.specification`, { got, allowed });
  }
  return [primary, ...efa];
}

/** EKS caps managed nodes. Source: Amazon EKS user guide, "Assign more IP addresses to Amazon EKS nodes with prefixes", 2026. */
const FEW_VCPUS = 30;
const MOST_PODS = { few: 110, many: 250 };

/**
 * Most pods of a node: those that EKS allows and that can get an address. The VPC CNI uses the default network card only and keeps the first address of each
 * interface for itself; an EFA-only interface on that card takes a slot and gives no address, which the node's own
 * bootstrap (nodeadm) does not subtract. Two host-network system pods come on top.
 * Source: awslabs/amazon-eks-ami `nodeadm/internal/kubelet/eni_max_pods.go`, 2026-07; the subtraction as Karpenter does it.
 */
export function maxPods(spec: InstanceTypeSpec, interfaces: readonly FabricInterface[]): number {
  const withoutAddress = interfaces.filter(({ card, kind }) => card === 0 && kind === InterfaceKind.EFA_ONLY).length;
  const slots = (spec.networkCards[0] ?? 1) - withoutAddress;
  const withAddress = slots * (spec.ipv4PerInterface - 1) + 2;
  return Math.min(withAddress, spec.vcpus < FEW_VCPUS ? MOST_PODS.few : MOST_PODS.many);
}
