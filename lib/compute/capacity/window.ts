import { InvalidProps } from "../../core";
import type { CapacityWindow } from "../../contracts";

/** The window of a Capacity Block, as `aws ec2 describe-capacity-reservations` states it: ISO 8601 in UTC. */
export interface BlockWindow {
  /** StartDate, such as "2026-12-01T11:30:00Z". */
  readonly start: string;
  /** EndDate, such as "2026-12-08T11:30:00Z". */
  readonly end: string;
}

/**
 * EC2 begins to terminate 30 minutes before the end of a block, and instances of an UltraServer are to be gone 60 minutes before it.
 * EKS scales a managed group down 40 minutes before the end, and so does Karpenter drain; of an UltraServer we do so as long before.
 * Sources: Amazon EC2 user guide, "Capacity Blocks for ML"; Amazon EKS user guide, "capacity-blocks-mng"; aws/karpenter-provider-aws
 * v1.14.1 `pkg/apis/v1/ec2nodeclass_status.go`; read 2026-11.
 */
const RECLAIM_MINUTES = { instance: 30, ultraServer: 60 };
const DRAIN_MINUTES = 10;
const MINUTE_MS = 60_000;

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * The times that follow from a block's window.
 * @param ultraServer whether the block is of UltraServers
 * @param at path of the property, for messages
 * @throws InvalidProps CAPACITY_WINDOW_INVALID
 */
export function capacityWindow({ start, end }: BlockWindow, ultraServer: boolean, at: string): CapacityWindow {
  const [from, to] = [instant(start, `${at}.start`), instant(end, `${at}.end`)];
  const reclaim = to - (ultraServer ? RECLAIM_MINUTES.ultraServer : RECLAIM_MINUTES.instance) * MINUTE_MS;
  const drain = reclaim - DRAIN_MINUTES * MINUTE_MS;
  if (drain <= from) {
    const allowed = `an end at least ${Math.round((to - drain) / MINUTE_MS) + 1} minutes after the start`;
    throw new InvalidProps("CAPACITY_WINDOW_INVALID", at, { got: { start, end }, allowed });
  }
  return { start: text(from), drainFrom: text(drain), reclaimFrom: text(reclaim), end: text(to) };
}

function instant(value: string, at: string): number {
  const time = UTC.test(value) ? Date.parse(value) : Number.NaN;
  // The 31st of a short month parses as a day of the next one.
  if (!Number.isNaN(time) && text(time) === value) return time;
  const allowed = 'a time in UTC to the second, such as "2026-12-01T11:30:00Z"';
  throw new InvalidProps("CAPACITY_WINDOW_INVALID", at, { got: value, allowed });
}

function text(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
