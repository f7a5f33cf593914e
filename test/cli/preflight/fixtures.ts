import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CapacityKind, type PoolFacts } from "cdktf-ai-datacenter/contracts";
import type { Cloud, Reservation, RunningInstance } from "../../../lib/cli/preflight/cloud";
import type { NamedPool } from "../../../lib/cli/preflight/pool-facts";

export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";
export const ZONE = "us-east-1a";
export const ID = "cr-0123456789abcdef0";
export const GROUP = `arn:aws:resource-groups:${REGION}:${ACCOUNT}:group/gpus`;
export const NOW = new Date("2026-11-25T12:00:00Z");
export const WINDOW = {
  start: "2026-12-01T11:30:00Z",
  drainFrom: "2026-12-08T10:50:00Z",
  reclaimFrom: "2026-12-08T11:00:00Z",
  end: "2026-12-08T11:30:00Z",
};

/** An on-demand pool of 4 p5.48xlarge. */
export function facts(more: Partial<PoolFacts> = {}): PoolFacts {
  return {
    instanceType: "p5.48xlarge",
    vcpusPerNode: 192,
    minNodes: 0,
    maxNodes: 4,
    zones: [ZONE],
    capacityKind: CapacityKind.ON_DEMAND,
    quotaCode: "L-417A185B",
    quotaName: "Running On-Demand P instances",
    ...more,
  };
}

export const RESERVED: Partial<PoolFacts> = { capacityKind: CapacityKind.RESERVATION, reservation: ID };
export const BLOCK: Partial<PoolFacts> = {
  capacityKind: CapacityKind.BLOCK,
  reservation: ID,
  window: WINDOW,
  quotaCode: "L-DA6814F2",
  quotaName: "Concurrent P5 Capacity Blocks per account",
};

export function pool(name = "training", more: Partial<PoolFacts> = {}): NamedPool {
  return { name, facts: facts(more) };
}

/** An active, targeted reservation of 4 p5.48xlarge in which nothing runs. */
export function reservation(more: Partial<Reservation> = {}): Reservation {
  return {
    id: ID,
    owner: ACCOUNT,
    type: "default",
    instanceType: "p5.48xlarge",
    zone: ZONE,
    platform: "Linux/UNIX",
    tenancy: "default",
    matchCriteria: "targeted",
    state: "active",
    total: 4,
    available: 4,
    start: new Date("2026-11-01T00:00:00Z"),
    ...more,
  };
}

/** The block of the pool `BLOCK`, before its start. */
export function block(more: Partial<Reservation> = {}): Reservation {
  const [start, end] = [new Date(WINDOW.start), new Date(WINDOW.end)];
  return reservation({ type: "capacity-block", state: "scheduled", available: 0, start, end, ...more });
}

export function instance(more: Partial<RunningInstance> = {}): RunningInstance {
  return { instanceType: "p5.48xlarge", tags: {}, ...more };
}

/** An account that has all that the pools above ask for. */
export function cloud(more: Partial<Cloud> = {}): Cloud {
  return {
    account: () => Promise.resolve(ACCOUNT),
    offeredZones: () => Promise.resolve([ZONE]),
    quota: () => Promise.resolve({ value: 10_000, isDefault: false }),
    instances: () => Promise.resolve([]),
    reservations: () => Promise.resolve([]),
    groupMembers: () => Promise.resolve(undefined),
    vcpus: () => Promise.resolve(new Map()),
    ...more,
  };
}

/** A stack's JSON as this library writes it. */
export function stackJson(pools: Readonly<Record<string, unknown>>, provider: object = {}): object {
  const tags = { Stage: "prod", ManagedBy: "cdktf-ai-datacenter" };
  const aws = { region: REGION, allowed_account_ids: [ACCOUNT], default_tags: [{ tags }], ...provider };
  const comment = { metadata: { version: "0.21.0", stackName: "prod-cluster" }, aidc: { pools } };
  return { "//": comment, provider: { aws: [aws] } };
}

/** Writes stacks as cdktf does. */
export function writeStacks(out: string, stacks: Readonly<Record<string, object | string>>): void {
  for (const [name, json] of Object.entries(stacks)) {
    const folder = join(out, "stacks", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), typeof json === "string" ? json : JSON.stringify(json));
  }
}
