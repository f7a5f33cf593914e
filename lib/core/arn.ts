import { InvalidProps } from "./errors";
import { whenKnown } from "./tokens";

/**
 * Refuses a known ARN that is not of the kind that is needed.
 * @param allowed form of such an ARN, for the message
 * @param at path of the property, for the message
 * @throws InvalidProps ARN_INVALID
 */
export function checkArn(arn: string, pattern: RegExp, allowed: string, at: string): void {
  whenKnown(arn, (known) => {
    if (!pattern.test(known)) throw new InvalidProps("ARN_INVALID", at, { got: known, allowed });
  });
}
