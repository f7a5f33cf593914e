import { InvalidProps } from "../core";
import { Token, Tokenization } from "../terraform/cdktf";
import { type KubernetesManifest, manifestKey } from "./manifest";

/**
 * A manifest without its undefined members, after a look at what has no form in every renderer.
 * @param at path of the construct, for messages
 * @throws InvalidProps MANIFEST_INVALID
 */
export function preparedManifest(manifest: KubernetesManifest, at: string): KubernetesManifest {
  const { apiVersion, kind, metadata } = manifest as Partial<KubernetesManifest>;
  for (const [field, value] of Object.entries({ apiVersion, kind, "metadata.name": metadata?.name })) {
    if (typeof value === "string" && value !== "" && !(field !== "metadata.name" && Token.isUnresolved(value)))
      continue;
    throw invalid(`${at}.${field}`, value, "a word that is known at synth; names may be tokens");
  }
  return prepared(manifest, `${at} ${manifestKey(manifest)}`) as KubernetesManifest;
}

function prepared(value: unknown, at: string): unknown {
  if (typeof value === "string") return wellFormed(value, at);
  if (typeof value === "boolean") return value;
  if (Token.isUnresolved(value)) throw invalid(at, value, "plain data with tokens in strings only");
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((member, index) => prepared(member, `${at}[${index}]`));
  if (!isPlain(value)) throw invalid(at, value, "strings, finite numbers, booleans, lists and plain objects");
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([key, member]) => {
      if (Token.isUnresolved(key)) throw invalid(at, key, "keys that are known at synth");
      return [wellFormed(key, at), prepared(member, `${at}.${key}`)];
    }),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Half of a surrogate pair is no character: YAML and the API server refuse it, each in its own words. NUL is none in YAML either. */
function wellFormed(text: string, at: string): string {
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)) {
    throw invalid(at, text, "whole Unicode characters");
  }
  return text;
}

function invalid(at: string, got: unknown, allowed: string): InvalidProps {
  return new InvalidProps("MANIFEST_INVALID", at, { got, allowed });
}
