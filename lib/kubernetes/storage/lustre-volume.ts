import { InvalidProps, whenKnown } from "../../core";
import type { KubernetesManifest } from "../manifest";
import { staticVolume } from "./static-volume";
import { sizeOf } from "./volume-sizes";

/** An FSx for Lustre file system that exists, for the pods of one namespace. */
export interface LustreVolumeOptions {
  /** Name of the claim. */
  readonly name: string;
  readonly namespace: string;
  /** "fs-…". */
  readonly fileSystemId: string;
  /** DNS name of the file system: `fs-….fsx.<region>.amazonaws.com`. */
  readonly dnsName: string;
  /** Mount name, as FSx tells it. The driver would take "fsx" where it is missing, which only old scratch file systems have. */
  readonly mountName: string;
  /** Size of the file system. */
  readonly capacityGiB: number;
  /** @default false */
  readonly readOnly?: boolean;
}

/**
 * PersistentVolume and claim of a Lustre file system. Locks of files are held over all nodes (`flock`), which frameworks that share a cache
 * of models rely on.
 *
 * There is no option for EFA: the driver always mounts `<dns name>@tcp:/<mount name>`, and whether data then goes over EFA follows from the
 * file system and from how Lustre's network is set up on the node.
 *
 * Sources: kubernetes-sigs/aws-fsx-csi-driver `pkg/driver/node.go`, `examples/kubernetes/static_provisioning/specs/pv.yaml`; the driver knows
 * the access mode ReadWriteMany and no ReadOnlyMany, so read-only is an option of the mount (`pkg/driver/controller.go`), 2026.
 * @param at path of the construct, for messages
 * @throws InvalidProps KUBERNETES_NAME_INVALID, STORAGE_REFERENCE_INVALID, STORAGE_SIZE_INVALID
 */
export function lustreVolume(options: LustreVolumeOptions, at: string): readonly KubernetesManifest[] {
  const { name, namespace, fileSystemId, dnsName, mountName, readOnly = false } = options;
  checkForm(fileSystemId, /^fs-[0-9a-f]{8,}$/, '"fs-" and hexadecimal digits', `${at}.fileSystemId`);
  checkForm(dnsName, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a host name", `${at}.dnsName`);
  checkForm(mountName, /^[A-Za-z0-9_]+$/, "letters and digits, as FSx tells it", `${at}.mountName`);
  return staticVolume(
    {
      name,
      namespace,
      size: sizeOf(options.capacityGiB, `${at}.capacityGiB`),
      accessMode: "ReadWriteMany",
      mountOptions: readOnly ? ["flock", "ro"] : ["flock"],
      driver: "fsx.csi.aws.com",
      volumeHandle: fileSystemId,
      volumeAttributes: { dnsname: dnsName, mountname: mountName },
    },
    at,
  );
}

function checkForm(value: string, form: RegExp, allowed: string, at: string): void {
  whenKnown(value, (known) => {
    if (!form.test(known)) throw new InvalidProps("STORAGE_REFERENCE_INVALID", at, { got: known, allowed });
  });
}
