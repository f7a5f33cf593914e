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

/** The id for something named by a user or by AWS: every character that an address cannot hold becomes "-". */
export function idFrom(...words: readonly string[]): string {
  return words.join("-").replace(/[^A-Za-z0-9_-]/g, "-");
}
