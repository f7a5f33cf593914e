import { InvalidProps } from "./errors";

/** Periods that CloudWatch Logs accepts, in days. Source: Terraform AWS provider 5.100, retention_in_days, 2026-11-23. */
const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * Returns the retention if CloudWatch Logs accepts it.
 * @param at path of the property, for the message
 * @throws InvalidProps VALUE_OUT_OF_RANGE
 */
export function logRetention(days: number, at: string): number {
  if (LOG_RETENTION_DAYS.includes(days)) return days;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", at, { got: days, allowed: `${LOG_RETENTION_DAYS.join(", ")} days` });
}
