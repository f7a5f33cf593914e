import { firstDuplicate, InvalidProps, safeId } from "../../core";
import { Construct } from "../../terraform/cdktf";
import type { KubernetesManifest } from "../manifest";
import type { KubernetesTarget } from "../target/kubernetes-target";
import type { PlacedObject } from "../target/renderer";
import { type BlockStorageClass, blockStorageClass } from "./block-class";
import { type LustreStorageClass, lustreStorageClass } from "./lustre-class";

export interface StorageClassesProps {
  /** Where the objects go. */
  readonly target: KubernetesTarget;
  /** Classes of EBS volumes. @default - one, "gp3", encrypted with the account's key, and the default class */
  readonly block?: readonly BlockStorageClass[];
  /** Classes of Lustre file systems that are made for a claim. @default - none */
  readonly lustre?: readonly LustreStorageClass[];
}

/**
 * The storage classes of a cluster. Volumes that exist already need none: see `lustreVolume` and `objectVolume`. A cluster elsewhere keeps
 * its own classes: `block: []`.
 */
export class StorageClasses extends Construct {
  /** Names of the classes, in the order given. */
  public readonly names: readonly string[];
  /** All objects, for `after` of what claims. */
  public readonly placed: readonly PlacedObject[];

  /** @throws InvalidProps STORAGE_CLASS_DUPLICATE, and as `blockStorageClass` and `lustreStorageClass` */
  public constructor(scope: Construct, id: string, props: StorageClassesProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const manifests = storageClassManifests(props, this.node.path);
    this.names = manifests.map(({ metadata }) => metadata.name);
    this.placed = props.target.placeAll(this, manifests);
  }
}

/** @internal */
export function storageClassManifests(
  props: Omit<StorageClassesProps, "target">,
  at: string,
): readonly KubernetesManifest[] {
  const { block = [{ isDefault: true }], lustre = [] } = props;
  const manifests = [
    ...block.map((options, index) => blockStorageClass(options, `${at}.block[${index}]`)),
    ...lustre.map((options, index) => lustreStorageClass(options, `${at}.lustre[${index}]`)),
  ];
  const twice = firstDuplicate(manifests.map(({ metadata }) => metadata.name));
  if (twice !== undefined) {
    throw new InvalidProps("STORAGE_CLASS_DUPLICATE", at, { got: twice, allowed: "each name once" });
  }
  const defaults = block.filter(({ isDefault = false }) => isDefault).map(({ name = "gp3" }) => name);
  if (defaults.length > 1) {
    throw new InvalidProps("STORAGE_CLASS_DUPLICATE", at, { got: defaults, allowed: "one default class at most" });
  }
  return manifests;
}
