import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../preflight/pool-facts";

/** A cluster that a stage makes or puts objects into. */
export interface StageCluster {
  readonly name: string;
  /** Minor version that the stage asks for. @default - the stage does not make the cluster */
  readonly version?: string;
  /** Stack that makes it. @default - none of the stage */
  readonly stack?: string;
}

/** What the synthesized stacks tell of clusters. */
export interface StageClusters {
  readonly clusters: readonly StageCluster[];
  /** Stack with a host for Session Manager tunnels. @default - there is none */
  readonly accessHost?: string;
}

/**
 * The clusters of some stacks, from what was synthesized: those that they make, and those that their Kubernetes and Helm providers name
 * when they get a token. Names that only Terraform knows are of clusters that another stack of the stage makes.
 * @param out folder that cdktf synthesizes into
 */
export function readClusters(out: string, stacks: readonly string[]): StageClusters {
  const found = new Map<string, StageCluster>();
  let accessHost: string | undefined;
  for (const stack of stacks) {
    const json = JSON.parse(readFileSync(join(out, "stacks", stack, "cdk.tf.json"), "utf8")) as Record<string, unknown>;
    for (const { name, version } of membersOf(json.resource, "aws_eks_cluster")) {
      if (isLiteral(name)) found.set(name, { name, version: isLiteral(version) ? version : undefined, stack });
    }
    for (const name of namedByProviders(json.provider)) if (!found.has(name)) found.set(name, { name });
    if (isObject(json.output) && json.output.accessHost !== undefined) accessHost = stack;
  }
  return { clusters: [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), accessHost };
}

function membersOf(resources: unknown, type: string): Record<string, unknown>[] {
  const members = isObject(resources) ? resources[type] : undefined;
  return isObject(members) ? Object.values(members).filter(isObject) : [];
}

/** What stands after `--cluster-name` in the arguments of any program that a provider runs. */
function namedByProviders(node: unknown): string[] {
  if (Array.isArray(node)) {
    const at = node.indexOf("--cluster-name");
    const name: unknown = at < 0 ? undefined : node[at + 1];
    return [...(isLiteral(name) ? [name] : []), ...node.flatMap(namedByProviders)];
  }
  return isObject(node) ? Object.values(node).flatMap(namedByProviders) : [];
}

function isLiteral(value: unknown): value is string {
  return typeof value === "string" && !value.includes("${");
}
