import { Tokenization } from "./cdktf";

/** What the framework writes into a string where a value is not known before apply. */
const TOKEN = /(\$\{TfToken\[[a-zA-Z0-9:._-]+\]\})/;

/**
 * Makes any value of a user safe in Terraform JSON: the one way from user text to Terraform.
 *
 * The framework writes strings as they are, and Terraform reads every string of its JSON as a template. So `${` and `%{` in the
 * literal parts are doubled (`$${`, `%%{`) and come out of Terraform as they went in; tokens of the framework are kept, even
 * after a `$`; in objects and lists the same is done to every string, and to object keys; `null` and `undefined` members are
 * dropped, as Terraform reads an explicit null as "unset" anyway. Numbers, booleans and resolvable objects pass unchanged.
 *
 * Apply it exactly once: escaping what is already escaped shows the reader one `$` too many.
 */
export function escape<T>(value: T): T {
  return escapeAny(value) as T;
}

function escapeAny(value: unknown): unknown {
  if (typeof value === "string") return escapeText(value);
  if (Array.isArray(value)) return value.filter(isPresent).map(escapeAny);
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return value;
  const members = Object.entries(value).filter(([, member]) => isPresent(member));
  return Object.fromEntries(members.map(([key, member]) => [escapeText(key), escapeAny(member)]));
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function escapeText(text: string): string {
  const parts = text.split(TOKEN);
  return parts.map((part, index) => (index % 2 === 1 ? part : escapeLiteral(part, index + 1 < parts.length))).join("");
}

function escapeLiteral(text: string, tokenFollows: boolean): string {
  const doubled = text.replace(/[$%](?=\{)/g, "$&$&");
  // A token becomes `${…}`, which a `$` before it would turn into text; a directive without quotes keeps the two apart.
  return tokenFollows ? doubled.replace(/[$%]*\$$/, (signs) => `%{if true}${signs}%{endif}`) : doubled;
}
