import { kubeconfigConnection, KubernetesTarget } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import {
  BlockFileSystem,
  type BlockStorageClass,
  blockStorageClass,
} from "../../../lib/kubernetes/storage/block-class";
import { VolumeReclaimPolicy } from "../../../lib/kubernetes/storage/class-options";
import { lustreClaim, type LustreStorageClass, lustreStorageClass } from "../../../lib/kubernetes/storage/lustre-class";
import {
  StorageClasses,
  type StorageClassesProps,
  storageClassManifests,
} from "../../../lib/kubernetes/storage/storage-classes";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd";
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** As renderers see it: members that are undefined are gone. */
const written = (object: unknown) => JSON.parse(JSON.stringify(object)) as Record<string, unknown>;

const block = (options: BlockStorageClass = {}) => written(blockStorageClass(options, "test/Classes.block[0]"));

const LUSTRE: LustreStorageClass = { subnetId: "subnet-0a1b", securityGroupIds: ["sg-1", "sg-2"] };
const lustre = (options: Partial<LustreStorageClass> = {}) =>
  written(lustreStorageClass({ ...LUSTRE, ...options }, "test/Classes.lustre[0]"));

describe("a class of block volumes", () => {
  test("is encrypted gp3, made where the pod is placed, and grows", () => {
    expect(block()).toEqual({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "gp3" },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true", "csi.storage.k8s.io/fstype": "ext4" },
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    });
  });

  test("takes everything that can be asked for, as strings", () => {
    const options: BlockStorageClass = {
      name: "fast",
      kmsKeyArn: KEY,
      iops: 8000,
      throughputMiBps: 2000,
      fileSystem: BlockFileSystem.XFS,
      reclaimPolicy: VolumeReclaimPolicy.RETAIN,
      isDefault: true,
    };
    expect(block(options)).toMatchObject({
      metadata: { name: "fast", annotations: { [DEFAULT_CLASS]: "true" } },
      parameters: {
        encrypted: "true",
        kmsKeyId: KEY,
        iops: "8000",
        throughput: "2000",
        "csi.storage.k8s.io/fstype": "xfs",
      },
      reclaimPolicy: "Retain",
    });
  });

  test("refuses what EBS does not sell", () => {
    const at = "test/Classes.block[0]";
    for (const iops of [2999, 80_001, 3000.5]) {
      expect(() => block({ iops })).toRefuse("VALUE_OUT_OF_RANGE", { path: `${at}.iops`, got: iops });
    }
    for (const throughputMiBps of [124, 2001]) {
      expect(() => block({ iops: 80_000, throughputMiBps })).toRefuse("VALUE_OUT_OF_RANGE", { got: throughputMiBps });
    }
    expect(() => block({ throughputMiBps: 750 })).not.toThrow();
    expect(() => block({ throughputMiBps: 751 })).toRefuse("VALUE_OUT_OF_RANGE", { allowed: /at most 750 with 3000/ });
    expect(() => block({ iops: 4000, throughputMiBps: 1001 })).toRefuse("VALUE_OUT_OF_RANGE", { got: 1001 });
  });

  test("refuses an alias for a key, and names that no object can have", () => {
    expect(() => block({ kmsKeyArn: "alias/data" })).toRefuse("ARN_INVALID", { got: "alias/data" });
    for (const name of ["Fast", "-fast", "", "a".repeat(254)]) {
      expect(() => block({ name })).toRefuse("KUBERNETES_NAME_INVALID", { got: name });
    }
  });
});

describe("a class of Lustre file systems", () => {
  test("is PERSISTENT_2, and keeps the data when a claim is deleted", () => {
    expect(lustre()).toEqual({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "lustre" },
      provisioner: "fsx.csi.aws.com",
      parameters: {
        subnetId: "subnet-0a1b",
        securityGroupIds: "sg-1,sg-2",
        deploymentType: "PERSISTENT_2",
        storageType: "SSD",
        perUnitStorageThroughput: "250",
        fileSystemTypeVersion: "2.15",
      },
      reclaimPolicy: "Retain",
      volumeBindingMode: "Immediate",
      allowVolumeExpansion: true,
    });
  });

  test("with EFA has what EFA needs, and takes a key", () => {
    const more = { efa: true, throughputPerTiB: 1000, kmsKeyArn: KEY, name: "fabric" };
    expect(lustre({ ...more, reclaimPolicy: VolumeReclaimPolicy.DELETE })).toMatchObject({
      metadata: { name: "fabric" },
      parameters: {
        efaEnabled: "true",
        metadataConfigurationMode: "AUTOMATIC",
        perUnitStorageThroughput: "1000",
        kmsKeyId: KEY,
      },
      reclaimPolicy: "Delete",
    });
  });

  test("refuses throughputs that FSx does not sell, and networks that are none", () => {
    expect(() => lustre({ throughputPerTiB: 200 })).toRefuse("VALUE_OUT_OF_RANGE", { allowed: "125, 250, 500, 1000" });
    expect(() => lustre({ subnetId: "10.0.0.0/24" })).toRefuse("STORAGE_REFERENCE_INVALID", {
      path: "test/Classes.lustre[0].subnetId",
    });
    expect(() => lustre({ securityGroupIds: [] })).toRefuse("STORAGE_REFERENCE_INVALID");
    expect(() => lustre({ securityGroupIds: ["sg-1", "nodes"] })).toRefuse("STORAGE_REFERENCE_INVALID", {
      got: "nodes",
    });
  });
});

describe("a claim of a Lustre class", () => {
  const claim = (capacityGiB: number, more: Partial<LustreStorageClass> = {}) =>
    written(
      lustreClaim(
        { name: "scratch", namespace: "team-research", storageClass: { ...LUSTRE, ...more }, capacityGiB },
        "test/Scratch",
      ),
    );

  test("is shared by many nodes", () => {
    expect(claim(2400, { name: "fabric" })).toEqual({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "scratch", namespace: "team-research" },
      spec: {
        accessModes: ["ReadWriteMany"],
        volumeMode: "Filesystem",
        storageClassName: "fabric",
        resources: { requests: { storage: "2400Gi" } },
      },
    });
  });

  test("has a size that FSx sells", () => {
    for (const size of [1200, 2400, 4800, 7200]) expect(() => claim(size)).not.toThrow();
    for (const size of [0, 1000, 3600, 1.5, -2400]) {
      expect(() => claim(size)).toRefuse("STORAGE_SIZE_INVALID", { path: "test/Scratch.capacityGiB", got: size });
    }
  });

  test.each([
    [125, 38400],
    [250, 19200],
    [500, 9600],
    [1000, 4800],
  ])("with EFA at %i MB/s per TiB is a multiple of %i GiB", (throughputPerTiB, step) => {
    const efa = { efa: true, throughputPerTiB };
    expect(() => claim(2 * step, efa)).not.toThrow();
    for (const size of [1200, step / 2, step + 2400]) {
      expect(() => claim(size, efa)).toRefuse("STORAGE_SIZE_INVALID", {
        got: size,
        allowed: new RegExp(`${step} GiB`),
      });
    }
  });
});

describe("the classes of a cluster", () => {
  const manifests = (props: Omit<StorageClassesProps, "target"> = {}) => storageClassManifests(props, "test/Classes");

  test("are one default class of encrypted volumes, unless others are asked for", () => {
    expect(manifests()).toHaveLength(1);
    expect(written(manifests()[0])).toMatchObject({
      metadata: { name: "gp3", annotations: { [DEFAULT_CLASS]: "true" } },
    });
    expect(manifests({ block: [] })).toEqual([]);
    const names = manifests({ block: [{ name: "a" }, { name: "b", isDefault: true }], lustre: [LUSTRE] });
    expect(names.map(({ metadata }) => metadata.name)).toEqual(["a", "b", "lustre"]);
  });

  test("have names of their own, and one default at most", () => {
    expect(() => manifests({ block: [{}, {}] })).toRefuse("STORAGE_CLASS_DUPLICATE", { got: "gp3" });
    expect(() => manifests({ block: [{ name: "lustre" }], lustre: [LUSTRE] })).toRefuse("STORAGE_CLASS_DUPLICATE");
    const two = [{ isDefault: true }, { name: "fast", isDefault: true }];
    expect(() => manifests({ block: two })).toRefuse("STORAGE_CLASS_DUPLICATE", { got: ["gp3", "fast"] });
  });

  test("are handed to the target", () => {
    const stack = testStack();
    const connection = kubeconfigConnection({ kubernetesVersion: "1.35" });
    const target = new KubernetesTarget(stack, "Kubernetes", { connection });
    const classes = new StorageClasses(stack, "Classes", { target, lustre: [LUSTRE] });
    expect(classes.names).toEqual(["gp3", "lustre"]);
    expect(classes.placed).toHaveLength(2);
    const placed = resourcesOf(synthStack(stack), "kubernetes_manifest");
    expect(placed.map(({ properties }) => (properties.manifest as { kind: string }).kind)).toEqual([
      "StorageClass",
      "StorageClass",
    ]);
  });
});
