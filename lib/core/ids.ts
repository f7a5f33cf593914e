import { Token } from "../terraform/cdktf";
import { InvalidProps } from "./errors";

const SAFE_ID = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * Returns the id if it survives in a Terraform address; other characters vanish there, so `a.b` and `ab` would collide silently.
 * @throws InvalidProps ID_UNSAFE
 */
export function safeId(id: string, path: string): string {
  if (!SAFE_ID.test(id)) {
    throw new InvalidProps("ID_UNSAFE", path, {
      got: id,
      allowed: 'letters, digits, "_", "-", starting with a letter',
    });
  }
  return id;
}

/**
 * The id for something named by a user or by AWS: every character that an address cannot hold becomes "-".
 * @throws InvalidProps ID_UNSAFE for a token: its number would become the address, and change with every edit of the program
 */
export function idFrom(...words: readonly string[]): string {
  const unknown = words.find((word) => Token.isUnresolved(word));
  if (unknown !== undefined) {
    const remedy = "Write the name literally: addresses must not depend on what is known only after apply.";
    throw new InvalidProps("ID_UNSAFE", words[0] ?? "", { got: unknown, allowed: "a value known at synth", remedy });
  }
  return words.join("-").replace(/[^A-Za-z0-9_-]/g, "-");
}
