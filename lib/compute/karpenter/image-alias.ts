import type { InstanceTypeSpec } from "../../catalog";
import { InvalidProps } from "../../core";
import { NodeBootstrap, NodeImage } from "../node-image";
import { Updates } from "../pool-options";

const FAMILIES: Readonly<Record<NodeBootstrap, ImageFamily>> = {
  [NodeBootstrap.NODEADM]: { alias: "al2023", release: /^v\d{8}$/, example: "al2023@v20260904" },
  [NodeBootstrap.BOTTLEROCKET]: {
    alias: "bottlerocket",
    release: /^v?\d+\.\d+\.\d+$/,
    example: "bottlerocket@v1.55.0",
  },
};

interface ImageFamily {
  readonly alias: string;
  readonly release: RegExp;
  readonly example: string;
}

const LATEST = "latest";

/** What the alias depends on. */
export interface AliasParts {
  readonly spec: InstanceTypeSpec;
  readonly image: NodeImage;
  readonly updates: Updates;
}

/**
 * The alias by which Karpenter finds the image: family and release; the variant follows from the instance type.
 * Source: aws/karpenter-provider-aws v1.14.1 `pkg/providers/amifamily/al2023.go` and `bottlerocket.go`.
 * @param at path of the construct, for messages
 * @throws InvalidProps IMAGE_MISMATCH, IMAGE_ALIAS_MISSING
 */
export function resolveAlias({ spec, image, updates }: AliasParts, asked: string | undefined, at: string): string {
  const family = FAMILIES[image.bootstrap];
  checkImage(image, spec, at);
  const alias = asked ?? `${family.alias}@${LATEST}`;
  const [name, release = ""] = alias.split("@");
  if (name !== family.alias || (release !== LATEST && !family.release.test(release))) {
    const allowed = `"${family.alias}@" with a release, such as "${family.example}", or with "${LATEST}"`;
    const remedy = "Write family and release as Karpenter does, and choose the family by image.";
    throw new InvalidProps("IMAGE_MISMATCH", `${at}.imageAlias`, { got: asked, allowed, remedy });
  }
  if (release === LATEST && updates !== Updates.ROLL) {
    const allowed = `a release, such as "${family.example}", with Updates.${updates.toUpperCase()}`;
    throw new InvalidProps("IMAGE_ALIAS_MISSING", `${at}.imageAlias`, { got: asked, allowed });
  }
  return alias;
}

/** By alias Karpenter starts EKS' own image for the accelerator, whatever else was asked for. */
function checkImage(image: NodeImage, { accelerator }: InstanceTypeSpec, at: string): void {
  const own = NodeImage.forVendor(accelerator.vendor);
  const bottlerocket = image.bootstrap === NodeBootstrap.BOTTLEROCKET && /^BOTTLEROCKET_/.test(image.name);
  if (own !== undefined && (bottlerocket || image.name === own.name)) return;
  throw new InvalidProps("IMAGE_MISMATCH", `${at}.image`, {
    got: image.name,
    allowed: own ? `${own.name}, or Bottlerocket` : "a managed pool: Karpenter knows no image with the drivers",
    remedy: "Leave image out, choose NodeImage.BOTTLEROCKET_NVIDIA, or use a managed pool.",
  });
}
