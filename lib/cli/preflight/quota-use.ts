import { CapacityKind, INSTANCE_TYPES, vcpuQuotaOf } from "../../catalog";
import { type Cloud, CloudFailure, type Reservation, type RunningInstance } from "./cloud";
import type { NamedPool } from "./pool-facts";

/** vCPUs that count against a quota now. */
export interface QuotaUse {
  readonly used: number;
  /** Of these, what belongs to the stage already: nodes that run, and what its reservations hold free for it. */
  readonly own: number;
}

/** What there is in the account, and whose quota it is. */
export interface QuotaQuestion {
  readonly code: string;
  readonly stage: string;
  readonly account: string;
  /** Pools of the stage that count against the quota. */
  readonly pools: readonly NamedPool[];
  readonly instances: readonly RunningInstance[];
  readonly reservations: readonly Reservation[];
}

/** A number of instances of one type. */
interface Held {
  readonly instanceType: string;
  readonly count: number;
  readonly own: number;
  /** vCPUs of each, where EC2 states it. */
  readonly vcpus?: number;
}

/** Tag that stacks of this library give to everything, nodes included. */
const STAGE_TAG = "Stage";

/** Whether a node is of the stage. */
export function isOfStage({ tags }: RunningInstance, stage: string): boolean {
  return tags[STAGE_TAG] === stage;
}

/** Sums up what counts against a quota. @throws CloudFailure for a type whose vCPUs nobody knows */
export async function quotaUse(question: QuotaQuestion, cloud: Pick<Cloud, "vcpus">): Promise<QuotaUse> {
  const held = heldAgainst(question);
  const open = held.filter((one) => sizeOf(one) === undefined).map(({ instanceType }) => instanceType);
  const asked = open.length === 0 ? undefined : await cloud.vcpus([...new Set(open)].sort());
  let [used, own] = [0, 0];
  for (const one of held) {
    const vcpus = sizeOf(one) ?? asked?.get(one.instanceType);
    if (vcpus === undefined) throw new CloudFailure(`EC2 does not tell how many vCPUs ${one.instanceType} has`);
    used += one.count * vcpus;
    own += one.own * vcpus;
  }
  return { used, own };
}

function sizeOf({ vcpus, instanceType }: Held): number | undefined {
  return vcpus ?? (Object.hasOwn(INSTANCE_TYPES, instanceType) ? INSTANCE_TYPES[instanceType]?.vcpus : undefined);
}

function heldAgainst(question: QuotaQuestion): Held[] {
  const kinds = new Set(question.pools.map(({ facts }) => facts.capacityKind));
  if (kinds.has(CapacityKind.BLOCK)) return blocks(question);
  if (kinds.has(CapacityKind.SPOT)) return running(question, CapacityKind.SPOT, "spot");
  return [...running(question, CapacityKind.ON_DEMAND, undefined), ...reservedAndIdle(question)];
}

function running({ code, stage, instances }: QuotaQuestion, kind: CapacityKind, lifecycle?: string): Held[] {
  return instances
    .filter((instance) => instance.lifecycle === lifecycle && instance.tenancy !== "host")
    .filter(({ instanceType }) => vcpuQuotaOf(instanceType, kind)?.code === code)
    .map((instance) => {
      const { instanceType, vcpus } = instance;
      return { instanceType, vcpus, count: 1, own: isOfStage(instance, stage) ? 1 : 0 };
    });
}

/** A reservation counts against the quota of on-demand instances for what runs in it and for what does not. */
function reservedAndIdle({ code, account, pools, reservations }: QuotaQuestion): Held[] {
  return reservations
    .filter(({ type, state, owner }) => type === "default" && state === "active" && owner === account)
    .filter(({ instanceType }) => vcpuQuotaOf(instanceType, CapacityKind.RESERVATION)?.code === code)
    .map(({ id, instanceType, available }) => ({
      instanceType,
      count: available,
      own: Math.min(available, nodesIn(id, pools)),
    }));
}

/** Blocks that are active at a time at which a block of the stage is, too. */
function blocks({ code, pools, reservations }: QuotaQuestion): Held[] {
  const windows = pools.flatMap(({ facts: { window } }) => (window === undefined ? [] : [window]));
  return reservations
    .filter(
      ({ type, state }) => type === "capacity-block" && ["active", "scheduled", "payment-pending"].includes(state),
    )
    .filter(({ instanceType }) => vcpuQuotaOf(instanceType, CapacityKind.BLOCK)?.code === code)
    .filter(({ start, end }) =>
      windows.some(
        (window) =>
          (start?.getTime() ?? 0) < Date.parse(window.end) && (end?.getTime() ?? Infinity) > Date.parse(window.start),
      ),
    )
    .map(({ id, instanceType, total }) => ({ instanceType, count: total, own: nodesIn(id, pools) > 0 ? total : 0 }));
}

function nodesIn(reservation: string, pools: readonly NamedPool[]): number {
  return pools
    .filter(({ facts }) => facts.reservation === reservation)
    .reduce((sum, { facts }) => sum + facts.maxNodes, 0);
}
