import { InvalidProps, whenKnown } from "../../core";

/** Forms in which well-known services hand out tokens and keys. A name that only begins alike ("hf_token") has none of them. */
const LITERALS: readonly RegExp[] = [
  /\bhf_[A-Za-z0-9]{16,}/,
  /\b(AKIA|ASIA)[A-Z0-9]{12,}/,
  /\bsk-(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{16,}/,
  /\bgh[oprsu]_[A-Za-z0-9]{16,}/,
  /\bgithub_pat_\w{16,}/,
  /\bglpat-[\w-]{16,}/,
  /\bxox[abeprs]-[\w-]{10,}/,
  /\bnvapi-[\w-]{16,}/,
  /\beyJ[\w-]{8,}\.[\w-]+\./,
  /-----BEGIN/,
];

/**
 * Refuses options in which a secret was written instead of its name. The message shows four characters of it.
 * @throws InvalidProps SECRET_IN_PROPS
 */
export function refuseLiterals(options: object, at: string): void {
  for (const [property, value] of Object.entries(options)) {
    if (typeof value === "object" && value !== null) refuseLiterals(value, `${at}.${property}`);
    if (typeof value !== "string" || !LITERALS.some((form) => form.test(value))) continue;
    const allowed = "the name of a secret, never its value";
    throw new InvalidProps("SECRET_IN_PROPS", `${at}.${property}`, { got: `${value.slice(0, 4)}…`, allowed });
  }
}

/** Refuses what is not the name or the ARN of a secret of AWS Secrets Manager. @throws InvalidProps SECRET_NAME_INVALID */
export function checkRemoteName(name: string, at: string): void {
  const allowed = "1 to 512 letters, digits and /_+=.@-, or the ARN of the secret";
  const arn = /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]{1,519}$/;
  checkForm(name, new RegExp(`${arn.source}|^[\\w/+=.@-]{1,512}$`), allowed, at);
}

/** Refuses what cannot be the name of a Kubernetes Secret: a DNS subdomain. @throws InvalidProps SECRET_NAME_INVALID */
export function checkSecretName(name: string, at: string): void {
  const form = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  checkForm(name, form, 'lower-case letters, digits, "-" and "."', at);
}

/** Refuses what cannot be a key of a Kubernetes Secret, which also names the file. @throws InvalidProps SECRET_NAME_INVALID */
export function checkSecretKey(key: string, at: string): void {
  checkForm(key, /^(?!\.\.?$)[-._A-Za-z0-9]{1,253}$/, 'letters, digits, "-", "_" and "."', at);
}

/** @throws InvalidProps SECRET_NAME_INVALID */
export function checkForm(value: string, form: RegExp, allowed: string, at: string): void {
  whenKnown(value, (known) => {
    if (!form.test(known)) throw new InvalidProps("SECRET_NAME_INVALID", at, { got: known, allowed });
  });
}
