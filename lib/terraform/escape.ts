import { Token, Tokenization } from "./cdktf";

/** What the framework writes into a string where a value is not known before apply: for a string, or for a number. */
const TOKEN = /(\$\{TfToken\[[a-zA-Z0-9:._-]+\]\}|-8\.1095622\d*e\+298)/;

/**
 * Makes any value of a user safe in Terraform JSON: the one way from user text to Terraform.
 *
 * The framework writes strings as they are, and Terraform reads every string of its JSON as a template. So `${` and `%{` in the
 * literal parts are doubled (`$${`, `%%{`) and come out of Terraform as they went in; tokens of the framework are kept, even
 * after a `$`; in objects and lists the same is done to every string, and to object keys; `null` and `undefined` members are
 * dropped, as Terraform reads an explicit null as "unset" anyway. Numbers, booleans and resolvable objects pass unchanged.
 *
 * Apply it exactly once, to the whole text with its tokens in it: escaping what is already escaped shows the reader one `$` too
 * many, and what stands before a token decides how it is written.
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

/** @internal */
export function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function escapeText(text: string): string {
  const parts = text.split(TOKEN);
  return parts
    .map((part, index) => (index % 2 === 1 ? stringToken(part) : escapeLiteral(part, index + 1 < parts.length)))
    .join("");
}

/** In a string the framework takes digits and signs beside a number token for a part of it. */
function stringToken(token: string): string {
  const number = token.startsWith("-") ? Tokenization.reverseNumber(Number(token)) : undefined;
  return number === undefined ? token : Token.asString(number);
}

function escapeLiteral(text: string, tokenFollows: boolean): string {
  if (!tokenFollows) return doubled(text);
  const closed = text.lastIndexOf("}") + 1;
  return doubled(text.slice(0, closed)) + fenced(text.slice(closed));
}

function doubled(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}

/**
 * For text before a token, which becomes `${…}`: a `$` at its end would turn that into text, and after an open `$${` the
 * framework takes the token for a part of an expression and writes it bare. A directive keeps the `$` apart from both, and
 * holds no quotes, so that it may stand in JSON text.
 */
function fenced(text: string): string {
  return text.replace(/([$%]*\$)(?=\{|$)|%(?=\{)/g, (_, signs?: string) =>
    signs === undefined ? "%%" : `%{if true}${signs}%{endif}`,
  );
}
