import { CapacityKind } from "./capacity-kind";
import { familyOf } from "./instance-type";
import type { CatalogSource } from "./source";

/** An account's limit on vCPUs in a region, as Service Quotas knows it under the service code "ec2". */
export interface VcpuQuota {
  /** Quota code, such as "L-417A185B". */
  readonly code: string;
  readonly name: string;
  readonly source: CatalogSource;
}

const QUOTAS_PAGE: CatalogSource = {
  site: "Amazon EC2 instance types guide",
  page: "Amazon EC2 instance type quotas",
  facts: "codes and names of the vCPU quotas",
  date: "2025",
};

/** Quotas by family ("p5en"), by its letters and generation ("p4"), or by its letters alone ("trn"). */
type QuotaTable = Readonly<Record<string, VcpuQuota>>;

const ON_DEMAND: QuotaTable = {
  p: quota("L-417A185B", "Running On-Demand P instances"),
  g: quota("L-DB2E81BA", "Running On-Demand G and VT instances"),
  vt: quota("L-DB2E81BA", "Running On-Demand G and VT instances"),
  inf: quota("L-1945791B", "Running On-Demand Inf instances"),
  trn: quota("L-2C3B7624", "Running On-Demand Trn instances"),
  dl: quota("L-6E869C2A", "Running On-Demand DL instances"),
};

/** P5 and P6 are left out: sources disagree whether "All P5 Spot Instance Requests" (L-C4BD4855) still stands beside the one for P. */
const SPOT: QuotaTable = {
  p3: quota("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests"),
  p4: quota("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests"),
  g: quota("L-3819A6DF", "All G and VT Spot Instance Requests"),
  vt: quota("L-3819A6DF", "All G and VT Spot Instance Requests"),
  inf: quota("L-B5D1601B", "All Inf Spot Instance Requests"),
  trn: quota("L-6B0D517C", "All Trn Spot Instance Requests"),
  dl: quota("L-85EED4F7", "All DL Spot Instance Requests"),
};

/** The vCPUs of blocks that are active at the same time. The page lists no quota for P4de and P6. */
const BLOCK: QuotaTable = {
  p4d: quota("L-2C8F52B3", "Concurrent P4d Capacity Blocks per account"),
  p5: quota("L-DA6814F2", "Concurrent P5 Capacity Blocks per account"),
  p5e: quota("L-C45F30BC", "Concurrent P5e Capacity Blocks per account"),
  p5en: quota("L-4F9BB70B", "Concurrent P5en Capacity Blocks per account"),
  trn1: quota("L-2E30FD7D", "Concurrent Trn1 Capacity Blocks per account"),
  trn2: quota("L-64569A79", "Concurrent Trn2 Capacity Blocks per account"),
};

const BY_KIND: Readonly<Record<CapacityKind, QuotaTable>> = {
  [CapacityKind.ON_DEMAND]: ON_DEMAND,
  // EC2 guide, "On-Demand Instances": a Capacity Reservation counts toward these quotas, used or not.
  [CapacityKind.RESERVATION]: ON_DEMAND,
  [CapacityKind.SPOT]: SPOT,
  // EC2 guide, "Capacity Blocks for ML": instances in a block do not count against the on-demand quotas.
  [CapacityKind.BLOCK]: BLOCK,
};

/**
 * The quota that the vCPUs of a type count against, for one account in one region.
 * @param instanceType EC2 name, in the catalog or not
 * @returns undefined where no source states one
 */
export function vcpuQuotaOf(instanceType: string, kind: CapacityKind): VcpuQuota | undefined {
  const quotas = BY_KIND[kind];
  const key = keysOf(familyOf(instanceType), kind).find((each) => Object.hasOwn(quotas, each));
  return key === undefined ? undefined : quotas[key];
}

/** Where to look for a family, nearest first. A block is for one family: the quota of P5 says nothing of P5en. */
function keysOf(family: string, kind: CapacityKind): string[] {
  if (kind === CapacityKind.BLOCK) return [family];
  const [generation = "", letters = ""] = /^([a-z]+)\d/.exec(family) ?? [];
  return [generation, letters];
}

function quota(code: string, name: string): VcpuQuota {
  return { code, name, source: QUOTAS_PAGE };
}
