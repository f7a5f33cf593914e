import { InvalidProps } from "../../core";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Refuses what cannot be the name of an object: a DNS label (RFC 1123).
 * @throws InvalidProps KUBERNETES_NAME_INVALID
 */
export function checkLabelName(name: string, at: string, maxLength = 63): void {
  if (LABEL.test(name) && name.length <= maxLength) return;
  const allowed = `lower-case letters, digits and "-", a letter or digit at both ends, at most ${maxLength} characters`;
  throw new InvalidProps("KUBERNETES_NAME_INVALID", at, { got: name, allowed });
}
