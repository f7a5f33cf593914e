import { InvalidProps } from "../../core";
import { WholeQuantity } from "../gang/quantity";

/**
 * A size as Kubernetes writes it.
 * @param gibibytes whole number from 1 up
 * @throws InvalidProps STORAGE_SIZE_INVALID
 */
export function sizeOf(gibibytes: number, at: string): string {
  if (!Number.isSafeInteger(gibibytes) || gibibytes < 1) {
    throw new InvalidProps("STORAGE_SIZE_INVALID", at, { got: gibibytes, allowed: "whole gibibytes from 1 up" });
  }
  return WholeQuantity.mebibytes(gibibytes * 1024).toString();
}

/** Refuses a number that is not whole or outside of a range. @throws InvalidProps VALUE_OUT_OF_RANGE */
export function checkRange(value: number, least: number, most: number, at: string, source?: string): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", at, { got: value, allowed: `${least} to ${most}`, source });
}
