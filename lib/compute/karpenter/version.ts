/** The Karpenter release that the manifests and the controller's policy are written for, of 2026-08-21. */
export const KARPENTER_VERSION = "1.14.1";
