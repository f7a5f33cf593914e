import type { StorageLocation } from "cdktf-ai-datacenter/contracts";
import "cdktf-ai-datacenter/testing/jest";
import type { KubernetesManifest } from "../../../lib/kubernetes/manifest";
import { localScratchVolume } from "../../../lib/kubernetes/storage/local-scratch";
import { lustreVolume, type LustreVolumeOptions } from "../../../lib/kubernetes/storage/lustre-volume";
import {
  MountIdentity,
  objectVolume,
  type ObjectVolumeOptions,
  objectVolumeShare,
} from "../../../lib/kubernetes/storage/object-volume";
import { claimVolume } from "../../../lib/kubernetes/storage/static-volume";
import { Token } from "../../../lib/terraform/cdktf";
import { trainingPool } from "../gang/pools";

interface Volume {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Record<string, unknown> & {
    readonly mountOptions: readonly string[];
    readonly csi: { readonly volumeHandle: string; readonly volumeAttributes: Record<string, string> };
  };
}

/** Volume and claim as renderers see them. */
function pairOf(manifests: readonly KubernetesManifest[]): readonly [Volume, Volume] {
  const [volume, claim, ...rest] = JSON.parse(JSON.stringify(manifests)) as Volume[];
  if (volume === undefined || claim === undefined || rest.length > 0) throw new Error("not a volume and its claim");
  return [volume, claim];
}

const lustre = (options: Partial<LustreVolumeOptions> = {}) =>
  pairOf(
    lustreVolume(
      {
        name: "datasets",
        namespace: "team-research",
        fileSystemId: "fs-0199e5a63bd90f796",
        dnsName: "fs-0199e5a63bd90f796.fsx.us-east-1.amazonaws.com",
        mountName: "fsx12abc",
        capacityGiB: 4800,
        ...options,
      },
      "test/Datasets",
    ),
  );

const location = (uri = "s3://data/corpus/v1/", more: Partial<StorageLocation> = {}): StorageLocation => ({
  uri,
  readOnly: false,
  region: "us-east-1",
  ...more,
});

const object = (options: Partial<ObjectVolumeOptions> = {}) =>
  pairOf(objectVolume({ name: "corpus", namespace: "team-research", location: location(), ...options }, "test/Corpus"));

describe.each([
  ["Lustre", lustre(), "datasets", "4800Gi"],
  ["objects", object(), "corpus", "1Gi"],
])("a volume of %s", (_kind, [volume, claim], name, storage) => {
  test("and its claim are bound to each other and to no one else", () => {
    expect(volume).toMatchObject({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `team-research.${name}` },
      spec: {
        capacity: { storage },
        accessModes: ["ReadWriteMany"],
        volumeMode: "Filesystem",
        persistentVolumeReclaimPolicy: "Retain",
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "team-research", name },
      },
    });
    expect(volume.metadata.namespace).toBeUndefined();
    expect(volume.spec).not.toHaveProperty("storageClassName");
    expect(claim).toEqual({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, namespace: "team-research" },
      spec: {
        accessModes: ["ReadWriteMany"],
        volumeMode: "Filesystem",
        storageClassName: "",
        volumeName: `team-research.${name}`,
        resources: { requests: { storage } },
      },
    });
  });
});

describe("names of volumes", () => {
  test("are of one namespace and one claim only", () => {
    const [first] = lustre({ namespace: "team", name: "a-data" });
    const [second] = lustre({ namespace: "team-a", name: "data" });
    expect(first.metadata.name).not.toBe(second.metadata.name);
  });

  test("refuse what Kubernetes or a label cannot hold", () => {
    expect(() => lustre({ name: "Data" })).toRefuse("KUBERNETES_NAME_INVALID", { path: "test/Datasets.name" });
    expect(() => object({ namespace: "a.b" })).toRefuse("KUBERNETES_NAME_INVALID", { path: "test/Corpus.namespace" });
    expect(() => object({ name: "x".repeat(49) })).not.toThrow();
    expect(() => object({ name: "x".repeat(50) })).toRefuse("KUBERNETES_NAME_INVALID", { allowed: /at most 62/ });
  });
});

describe("a Lustre volume", () => {
  test("names the file system, its host and its mount, with locks over all nodes", () => {
    const [{ spec }] = lustre();
    expect(spec.csi).toEqual({
      driver: "fsx.csi.aws.com",
      volumeHandle: "fs-0199e5a63bd90f796",
      volumeAttributes: { dnsname: "fs-0199e5a63bd90f796.fsx.us-east-1.amazonaws.com", mountname: "fsx12abc" },
    });
    expect(spec.mountOptions).toEqual(["flock"]);
  });

  test("is read-only by a mount option, as the driver knows one access mode", () => {
    const [{ spec }] = lustre({ readOnly: true });
    expect(spec.mountOptions).toEqual(["flock", "ro"]);
    expect(spec.accessModes).toEqual(["ReadWriteMany"]);
  });

  test("takes identifiers that are known only after apply", () => {
    const dnsName = Token.asString({ resolve: () => "later" });
    expect(lustre({ dnsName, fileSystemId: dnsName, mountName: dnsName })[0].spec.csi.volumeAttributes.dnsname).toBe(
      dnsName,
    );
  });

  test("refuses other ids, and sizes that are none", () => {
    expect(() => lustre({ fileSystemId: "datasets" })).toRefuse("STORAGE_REFERENCE_INVALID", { got: "datasets" });
    expect(() => lustre({ dnsName: "host:/fsx" })).toRefuse("STORAGE_REFERENCE_INVALID", { got: "host:/fsx" });
    expect(() => lustre({ mountName: "/fsx" })).toRefuse("STORAGE_REFERENCE_INVALID", { got: "/fsx" });
    for (const capacityGiB of [0, -1, 1.5, Number.NaN]) {
      expect(() => lustre({ capacityGiB })).toRefuse("STORAGE_SIZE_INVALID", { path: "test/Datasets.capacityGiB" });
    }
    expect(lustre({ capacityGiB: 2048 })[0].spec.capacity).toEqual({ storage: "2Ti" });
  });
});

/** What the driver's pod asks for when nothing is said. */
const ASKED = { mountpointContainerResourcesRequestsCpu: "1", mountpointContainerResourcesRequestsMemory: "4Gi" };

describe("a volume of objects", () => {
  test("mounts the prefix with the pod's identity", () => {
    const [{ spec }] = object();
    expect(spec.csi).toEqual({
      driver: "s3.csi.aws.com",
      volumeHandle: "team-research.corpus",
      volumeAttributes: { bucketName: "data", authenticationSource: "pod", ...ASKED },
    });
    expect(spec.mountOptions).toEqual(["allow-other", "region us-east-1", "prefix corpus/v1/"]);
  });

  test("of a read-only location cannot be written, by anyone", () => {
    const readOnly = location("s3://data/", { readOnly: true, region: undefined });
    const [{ spec }, claim] = object({ location: readOnly });
    expect(spec.mountOptions).toEqual(["allow-other", "read-only"]);
    expect(spec.accessModes).toEqual(["ReadOnlyMany"]);
    expect(claim.spec.accessModes).toEqual(["ReadOnlyMany"]);
    expect(() => object({ location: readOnly, allowDelete: true })).toRefuse("STORAGE_LOCATION_UNSUPPORTED", {
      path: "test/Corpus.allowDelete",
    });
    expect(() => object({ location: readOnly, allowOverwrite: true })).toRefuse("STORAGE_LOCATION_UNSUPPORTED", {
      path: "test/Corpus.allowOverwrite",
    });
  });

  test("takes owner, rights to delete and overwrite, a cache with a limit, and the driver's identity", () => {
    const [{ spec }] = object({
      identity: MountIdentity.DRIVER,
      userId: 1000,
      groupId: 0,
      allowDelete: true,
      allowOverwrite: true,
      cacheGiB: 1024,
    });
    expect(spec.mountOptions.slice(3)).toEqual(["uid=1000", "gid=0", "allow-delete", "allow-overwrite"]);
    expect(spec.csi.volumeAttributes).toEqual({
      bucketName: "data",
      authenticationSource: "driver",
      cache: "emptyDir",
      cacheEmptyDirSizeLimit: "1Ti",
      ...ASKED,
    });
  });

  test("tells what its pod takes of a node, which is what it asks for", () => {
    const options = { name: "corpus", namespace: "team-research", location: location(), cpus: 2, memoryGiB: 1024 };
    expect(() => objectVolumeShare(options, "test/Corpus")).toRefuse("VALUE_OUT_OF_RANGE", { got: 1024 });
    expect(objectVolumeShare({ ...options, memoryGiB: 8 })).toEqual({ cpus: 2, memoryMiB: 8192 });
    const [{ spec }] = object({ cpus: 2, memoryGiB: 8 });
    expect(spec.csi.volumeAttributes).toMatchObject({
      mountpointContainerResourcesRequestsCpu: "2",
      mountpointContainerResourcesRequestsMemory: "8Gi",
    });
    expect(Object.keys(spec.csi.volumeAttributes).filter((name) => name.includes("Limits"))).toEqual([]);
    expect(() => object({ cpus: 0.5 })).toRefuse("VALUE_OUT_OF_RANGE", { path: "test/Corpus.cpus" });
  });

  test.each(["hdfs://nn/data/", "file:///mnt/", "s3://data", "s3://data/corpus", "s3:///corpus/", "s3://Data_Set/"])(
    "refuses %s",
    (uri) => {
      expect(() => object({ location: location(uri) })).toRefuse("STORAGE_LOCATION_UNSUPPORTED", {
        path: "test/Corpus.location.uri",
        got: uri,
      });
    },
  );

  test("takes a bucket that is known only after apply, but not a whole location", () => {
    const later = Token.asString({ resolve: () => "later" });
    expect(object({ location: location(`s3://${later}/a/`) })[0].spec.csi.volumeAttributes.bucketName).toBe(later);
    expect(() => object({ location: location(later) })).toRefuse("STORAGE_LOCATION_UNSUPPORTED");
  });

  test("refuses ids and caches that are none", () => {
    expect(() => object({ userId: -1 })).toRefuse("VALUE_OUT_OF_RANGE", { path: "test/Corpus.userId" });
    expect(() => object({ groupId: 2 ** 31 })).toRefuse("VALUE_OUT_OF_RANGE", { path: "test/Corpus.groupId" });
    expect(() => object({ cacheGiB: 0 })).toRefuse("STORAGE_SIZE_INVALID", { path: "test/Corpus.cacheGiB" });
  });
});

describe("local scratch", () => {
  test("is a part of the node's disks, in gibibytes", () => {
    const pool = trainingPool({ localNvmeGBPerNode: 30400 });
    expect(localScratchVolume(pool)).toEqual({ name: "local-scratch", emptyDir: { sizeLimit: "22649Gi" } });
    expect(localScratchVolume(pool, 0.5, "cache")).toEqual({ name: "cache", emptyDir: { sizeLimit: "14156Gi" } });
  });

  test("needs disks, and leaves a tenth of them", () => {
    expect(() => localScratchVolume(trainingPool({ localNvmeGBPerNode: 0 }))).toRefuse("LOCAL_NVME_MISSING", {
      got: "training",
    });
    for (const share of [0, -0.1, 0.91, Number.NaN]) {
      expect(() => localScratchVolume(trainingPool(), share)).toRefuse("VALUE_OUT_OF_RANGE", { got: share });
    }
    expect(() => localScratchVolume(trainingPool(), 0.9)).not.toThrow();
    expect(() => localScratchVolume(trainingPool({ localNvmeGBPerNode: 1 }), 0.9)).toRefuse("STORAGE_SIZE_INVALID");
  });
});

test("a pod names the claim of its namespace", () => {
  expect(claimVolume("corpus")).toEqual({ name: "corpus", persistentVolumeClaim: { claimName: "corpus" } });
  expect(claimVolume("corpus", true)).toEqual({
    name: "corpus",
    persistentVolumeClaim: { claimName: "corpus", readOnly: true },
  });
});
