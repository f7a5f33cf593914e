import { InvalidProps } from "../core";
import type { INetwork, InterfaceEndpoint } from "../network";

/**
 * Refuses a network without NAT that lacks endpoints; an import that does not tell is not checked.
 * @param at path of what needs the endpoints, for the message
 * @param remedy @default - the remedy of the code
 * @throws InvalidProps ENDPOINTS_MISSING
 */
export function requireEndpoints(
  { hasNat, endpointServices }: INetwork,
  needed: readonly InterfaceEndpoint[],
  at: string,
  remedy?: string,
): void {
  if (hasNat !== false || endpointServices === undefined) return;
  const missing = needed.filter(({ service }) => !endpointServices.includes(service));
  if (missing.length === 0) return;
  const allowed = `a network without NAT that has ${missing.map(({ service }) => service).join(", ")}`;
  throw new InvalidProps("ENDPOINTS_MISSING", at, { got: endpointServices, allowed, remedy });
}
