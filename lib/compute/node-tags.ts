import { escape, stackTags } from "../core";
import type { IConstruct } from "../terraform/cdktf";

export interface NodeTagsProps {
  /** Shown as the name of instances, volumes and interfaces. */
  readonly nodeName: string;
  /** More tags. @default - none beside the stack's */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The tags of instances, volumes and interfaces, safe for Terraform. The provider's default tags reach the template, not what is
 * launched from it: that is, nearly all of the bill.
 */
export function nodeTags(scope: IConstruct, { nodeName, tags }: NodeTagsProps): Readonly<Record<string, string>> {
  return { ...stackTags(scope), ...escape({ ...tags, Name: nodeName }) };
}

/** The same tags as EC2 shall see them, for manifests: whoever renders those escapes all of their strings, once. */
export function plainNodeTags(scope: IConstruct, { nodeName, tags }: NodeTagsProps): Readonly<Record<string, string>> {
  const ofStack = Object.entries(stackTags(scope)).map(([key, value]) => [unescaped(key), unescaped(value)]);
  return { ...(Object.fromEntries(ofStack) as Record<string, string>), ...tags, Name: nodeName };
}

/** Takes back what `escape` does to text without tokens. */
function unescaped(text: string): string {
  return text.replace(/([$%])\1(?=\{)/g, "$1");
}
