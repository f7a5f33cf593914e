import { Token } from "../terraform/cdktf";

/** Runs a check only if the value is known at synth; a token of the framework is known after apply. */
export function whenKnown<T>(value: T, check: (known: T) => void): void {
  if (!Token.isUnresolved(value)) check(value);
}
