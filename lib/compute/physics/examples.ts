import { INSTANCE_TYPES, type InstanceTypeSpec } from "../../catalog";
import { CapacityKind } from "../../contracts";
import { Fabric, FabricPolicy } from "../fabric/fabric";
import { layoutInterfaces } from "../fabric/layout";
import type { PoolDesign } from "./design";

/** A type of the catalog, for examples. */
export function knownType(instanceType: string): InstanceTypeSpec {
  const spec = INSTANCE_TYPES[instanceType];
  if (spec === undefined) throw new Error(`${instanceType} is not in the catalog`);
  return spec;
}

/**
 * A sound design to vary in examples of rules: four nodes on demand in one zone, with the layout that saves addresses.
 */
export function soundDesign(instanceType: string, more: Partial<PoolDesign> = {}): PoolDesign {
  const spec = knownType(instanceType);
  const fabric = spec.efaInterfaces > 0 ? Fabric.EFA : Fabric.NONE;
  return {
    spec,
    interfaces: layoutInterfaces(spec, fabric, FabricPolicy.SAVE_IPS, instanceType),
    zones: ["us-east-1a"],
    maxNodes: 4,
    capacity: { kind: CapacityKind.ON_DEMAND },
    ...more,
  };
}
