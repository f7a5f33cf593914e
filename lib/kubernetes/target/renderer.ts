import type { ClusterConnection } from "../../contracts";
import type { Construct, ITerraformDependable } from "../../terraform/cdktf";
import type { HelmRelease } from "../helm-release";
import type { KubernetesManifest } from "../manifest";

/** What was handed to a target: for `after` of what must come later. */
export interface PlacedObject {
  /** Name among all objects of the cluster, such as "apps/Deployment kube-system/coredns". */
  readonly key: string;
  /** What Terraform waits for. Empty where a renderer makes no resources. */
  readonly dependables: readonly ITerraformDependable[];
}

/** Where an object stands among the others. @internal */
export interface PlaceOrder {
  /** What must be there before. */
  readonly after: readonly PlacedObject[];
  /** Whether it is taken away only when what came after it does without it. */
  readonly goesLast: boolean;
}

/** Writes the objects of one target. @internal */
export interface Rendering {
  /** @param manifest a prepared one: plain data, tokens in strings only */
  place(scope: Construct, id: string, manifest: KubernetesManifest, order: PlaceOrder): PlacedObject;
  install(scope: Construct, id: string, release: HelmRelease, after: readonly PlacedObject[]): PlacedObject;
}

/** A way to write the objects of a target; `Renderers` has them. */
export abstract class Renderer {
  /** @internal */
  public abstract bind(scope: Construct, connection: ClusterConnection): Rendering;
}

/** What Terraform waits for before an object. @internal */
export function dependablesOf(after: readonly PlacedObject[]): ITerraformDependable[] | undefined {
  const all = [...new Set(after.flatMap(({ dependables }) => dependables))];
  return all.length === 0 ? undefined : all;
}
