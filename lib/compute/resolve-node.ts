import { INCOMPLETE_INSTANCE_TYPES, INSTANCE_TYPES, type InstanceTypeSpec } from "../catalog";
import { InvalidProps } from "../core";
import { NodeImage } from "./node-image";
import { LocalDisks, type PoolOptions } from "./pool-options";

/**
 * What the type of a pool is: the user's own specification, or the catalog's.
 * @throws InvalidProps INSTANCE_TYPE_UNKNOWN, INSTANCE_TYPE_INCOMPLETE
 */
export function resolveType({ instanceType, specification }: PoolOptions, at: string): InstanceTypeSpec {
  const spec = specification ?? known(INSTANCE_TYPES, instanceType);
  if (spec === undefined) throw unknownType(instanceType, at);
  if (spec.instanceType === instanceType) return spec;
  const refusal = { got: spec.instanceType, allowed: `the specification of ${instanceType}` };
  throw new InvalidProps("INSTANCE_TYPE_UNKNOWN", `${at}.specification`, refusal);
}

function unknownType(instanceType: string, at: string): InvalidProps {
  const incomplete = known(INCOMPLETE_INSTANCE_TYPES, instanceType);
  if (incomplete !== undefined) {
    const allowed = `${instanceType} with its specification: ${incomplete.reason.replace(/\.$/, "")}`;
    return new InvalidProps("INSTANCE_TYPE_INCOMPLETE", `${at}.specification`, { got: undefined, allowed });
  }
  const allowed = Object.keys(INSTANCE_TYPES).join(", ");
  return new InvalidProps("INSTANCE_TYPE_UNKNOWN", `${at}.instanceType`, { got: instanceType, allowed });
}

function known<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** @throws InvalidProps IMAGE_MISMATCH for an image without drivers for the accelerator, and where EKS has none with them */
export function resolveImage(asked: NodeImage | undefined, spec: InstanceTypeSpec, at: string): NodeImage {
  const { vendor, name } = spec.accelerator;
  const image = asked ?? NodeImage.forVendor(vendor);
  if (image !== undefined && (image.vendor === undefined || (image.vendor === vendor && fits(image, spec))))
    return image;
  const allowed = `an image for ${vendor}, which makes the ${name}${image ? "" : ": NodeImage.of, since EKS has none of its own"}`;
  throw new InvalidProps("IMAGE_MISMATCH", `${at}.image`, { got: image?.name, allowed });
}

/** Whether EKS has the image for the type, as far as is known. */
function fits(image: NodeImage, { amiTypes = [], architecture }: InstanceTypeSpec): boolean {
  return amiTypes.length === 0 || amiTypes.includes(image.amiType(architecture));
}

/** @throws InvalidProps VALUE_OUT_OF_RANGE for disks that are not there */
export function resolveDisks(asked: LocalDisks | undefined, spec: InstanceTypeSpec, at: string): boolean {
  const hasDisks = (spec.localNvmeGB ?? 0) > 0;
  if (asked === LocalDisks.RAID0 && !hasDisks) {
    const allowed = `${LocalDisks.NONE}: ${spec.instanceType} has no local NVMe`;
    throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.localDisks`, { got: asked, allowed });
  }
  return asked === undefined ? hasDisks : asked === LocalDisks.RAID0;
}

/**
 * gp3 holds 1 to 16,384 GiB; below 50 a single training image and its layers do not fit.
 * @throws InvalidProps VALUE_OUT_OF_RANGE
 */
export function resolveVolume(gib: number, at: string): number {
  if (Number.isInteger(gib) && gib >= 50 && gib <= 16384) return gib;
  throw new InvalidProps("VALUE_OUT_OF_RANGE", `${at}.rootVolumeGiB`, { got: gib, allowed: "50 to 16384" });
}
