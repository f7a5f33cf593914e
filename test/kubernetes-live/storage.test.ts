import {
  blockStorageClass,
  claimVolume,
  clusterSecretStore,
  type KubernetesManifest,
  lustreClaim,
  lustreStorageClass,
  lustreVolume,
  objectVolume,
  objectVolumeShare,
  SecretRef,
  secretStore,
  tenantManifests,
  VolumeReclaimPolicy,
  wholeNodePodSpec,
} from "cdktf-ai-datacenter/kubernetes";
import { computedFieldsOf } from "../../lib/kubernetes/target/computed-fields";
import type { ApiObject } from "../../tools/kubernetes/api-client";
import { buildKubernetes } from "../../tools/kubernetes/build";
import { ControlPlane } from "../../tools/kubernetes/control-plane";
import { externalSecretsCrds } from "../../tools/kubernetes/external-secrets";
import { installCrds } from "../../tools/kubernetes/installation";
import { addNodes } from "../../tools/kubernetes/nodes";
import { declared, differences, nameOf } from "./compare";
import { p5Pool } from "../kubernetes/p5-pool";

let plane: ControlPlane;
const NAMESPACE = "team-research";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000";

const lustre = {
  subnetId: "subnet-0123456789abcdef0",
  securityGroupIds: ["sg-0123456789abcdef0", "sg-0123456789abcdef1"],
  kmsKeyArn: KEY,
};
const corpus = {
  name: "corpus",
  namespace: NAMESPACE,
  location: { uri: "s3://prod-datasets/corpus/", readOnly: true, region: "us-east-1" },
  cacheGiB: 1024,
  cpus: 8,
};
const external = { name: "hub", remoteName: "research/hub", store: "secrets" };

const manifests: readonly KubernetesManifest[] = [
  blockStorageClass({ kmsKeyArn: KEY, isDefault: true }, "test"),
  blockStorageClass(
    { name: "fast", iops: 16_000, throughputMiBps: 1000, reclaimPolicy: VolumeReclaimPolicy.RETAIN },
    "test",
  ),
  lustreStorageClass(lustre, "test"),
  lustreStorageClass({ ...lustre, name: "lustre-efa", efa: true, throughputPerTiB: 1000 }, "test"),
  lustreClaim({ name: "made", namespace: NAMESPACE, storageClass: lustre, capacityGiB: 2400 }, "test"),
  ...lustreVolume(
    {
      name: "shared",
      namespace: NAMESPACE,
      fileSystemId: "fs-0199e5a63bd90f796",
      dnsName: "fs-0199e5a63bd90f796.fsx.us-east-1.amazonaws.com",
      mountName: "fsx12abc",
      capacityGiB: 4800,
    },
    "test",
  ),
  ...objectVolume(corpus, "test"),
  ...objectVolume(
    { ...corpus, name: "results", location: { uri: "s3://prod-results/", readOnly: false }, allowOverwrite: true },
    "test",
  ),
  clusterSecretStore({ name: "secrets", region: "us-east-1", namespaces: [NAMESPACE] }, "test"),
  secretStore({ name: "own", namespace: NAMESPACE, region: "us-east-1", serviceAccount: "jobs" }, "test"),
  ...SecretRef.externalSecret(external).manifests(NAMESPACE),
  ...SecretRef.externalSecret({
    ...external,
    name: "own-hub",
    store: "own",
    namespacedStore: true,
    refreshMinutes: 90,
  }).manifests(NAMESPACE),
];
// What renderers write: fields without a value are no fields.
const objects = JSON.parse(JSON.stringify(manifests)) as readonly ApiObject[];
const claims = objects.filter(({ kind }) => kind === "PersistentVolumeClaim");

beforeAll(async () => {
  plane = await ControlPlane.start({ binaries: await buildKubernetes() });
  const crds = await externalSecretsCrds();
  await installCrds(
    plane.client,
    crds.map((crd) => ({ ...crd, spec: { ...(crd.spec as object), conversion: { strategy: "None" } } })),
  );
  const identities = [{ namespace: NAMESPACE, serviceAccount: "jobs", annotations: {} }];
  const tenant = tenantManifests({ name: "research", identities, limits: { storageGiB: 10_000 } }, "1.35", "test");
  for (const object of JSON.parse(JSON.stringify(tenant)) as ApiObject[]) await plane.client.apply(object);
});

afterAll(() => plane.stop());

const phaseOf = (object: ApiObject | undefined) => (object?.status as { readonly phase?: string } | undefined)?.phase;
const stored = ({ apiVersion, kind, metadata }: ApiObject) =>
  plane.client.get(apiVersion, kind, metadata.name, metadata.namespace);

test("a real API server takes classes, volumes, claims and secrets, with strict fields, and the second time changes nothing", async () => {
  for (const object of objects) {
    const first = await plane.client.apply(object);
    const second = await plane.client.apply(object);
    // Volumes and claims are bound meanwhile, which the next test is about.
    if (!object.kind.startsWith("PersistentVolume")) expect(declared(second)).toEqual(declared(first));
  }
});

test("each volume that is there already is bound to its claim, and to no other", async () => {
  const volumes = objects.filter(({ kind }) => kind === "PersistentVolume");
  expect(volumes).toHaveLength(3);
  for (const volume of volumes) {
    const bound = await plane.client.waitFor(`${volume.metadata.name} to be bound`, async () => {
      const found = await stored(volume);
      return phaseOf(found) === "Bound" ? found : undefined;
    });
    const { claimRef } = bound.spec as { readonly claimRef: { readonly name: string; readonly uid: string } };
    // The binder writes the volume first.
    const claim = await plane.client.waitFor(`claim ${claimRef.name} to be bound`, async () => {
      const found = await plane.client.get("v1", "PersistentVolumeClaim", claimRef.name, NAMESPACE);
      return phaseOf(found) === "Bound" ? found : undefined;
    });
    expect(claim.metadata.uid).toBe(claimRef.uid);
  }
});

test("a claim of another namespace does not get the volume", async () => {
  await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } });
  const [claim] = claims.filter(({ metadata }) => metadata.name === "corpus");
  const thief = { ...claim, metadata: { name: "corpus", namespace: "other" } } as ApiObject;
  await plane.client.create(thief);
  await plane.client.waitFor("the binder to say so", async () => {
    const events = await plane.client.list("v1", "Event", { namespace: "other" });
    return events.some((event) => /already bound to a different claim/.test(String(event.message)));
  });
  expect(phaseOf(await stored(thief))).toBe("Pending");
});

test("applied again after they are bound, nothing of them changes", async () => {
  for (const object of objects) {
    const before = await stored(object);
    expect(declared(await plane.client.apply(object))).toEqual(declared(before as ApiObject));
  }
});

test("what comes back is what was written, or its field is in the table of computed fields", async () => {
  const found = [];
  for (const object of objects) {
    const computed = computedFieldsOf(object as unknown as KubernetesManifest) ?? [];
    const different = differences(object, await stored(object)).filter((path) => !computed.includes(path));
    if (different.length > 0) found.push({ object: nameOf(object), different });
  }
  expect(found).toEqual([]);
});

test("an ordinary claim gets the default class, and a static one none", async () => {
  const plain: ApiObject = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "plain", namespace: NAMESPACE },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
  };
  expect((await plane.client.create(plain)).spec).toMatchObject({ storageClassName: "gp3" });
  const corpusClaim = await plane.client.get("v1", "PersistentVolumeClaim", "corpus", NAMESPACE);
  expect(corpusClaim?.spec).toMatchObject({ storageClassName: "", volumeName: `${NAMESPACE}.corpus` });
});

describe("a pod that takes the whole node and mounts all of it", () => {
  const pool = p5Pool({ poolName: "training" });
  const licence = SecretRef.csi({ name: "licence", remoteName: "research/licence", region: "us-east-1" });
  const podOf = (name: string, reserve = objectVolumeShare(corpus)): ApiObject => {
    const options = {
      image: "registry.example/train:1",
      serviceAccount: "jobs",
      secretEnv: { HF_TOKEN: SecretRef.externalSecret(external) },
      secretFiles: { "/secrets/licence": licence },
      volumes: [claimVolume("corpus", true), claimVolume("shared")],
      volumeMounts: [
        { name: "corpus", mountPath: "/data", readOnly: true },
        { name: "shared", mountPath: "/shared" },
      ],
      reserve,
    };
    const spec = JSON.parse(JSON.stringify(wholeNodePodSpec(pool, options, "test"))) as object;
    return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: NAMESPACE }, spec };
  };
  /** As the driver makes it, of the parts that the scheduler looks at: `pkg/podmounter/mppod/creator.go`. */
  const mountpointPod = (name: string, node: string): ApiObject => {
    const { volumeAttributes } = (
      objectVolume(corpus, "test")[0] as unknown as { spec: { csi: { volumeAttributes: Record<string, string> } } }
    ).spec.csi;
    const requests = {
      cpu: volumeAttributes.mountpointContainerResourcesRequestsCpu,
      memory: volumeAttributes.mountpointContainerResourcesRequestsMemory,
    };
    const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "mount-s3" },
      spec: {
        priorityClassName: "mount-s3-critical",
        tolerations: [{ operator: "Exists" }],
        affinity: {
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
        },
        containers: [{ name: "mountpoint", image: "registry.example/mountpoint:1", resources: { requests } }],
      },
    };
  };
  const nodeOf = (pod: ApiObject) =>
    plane.client.waitFor(`${pod.metadata.name} to be placed`, async () => {
      return ((await stored(pod))?.spec as { readonly nodeName?: string } | undefined)?.nodeName;
    });

  beforeAll(async () => {
    await addNodes(plane, pool, 2);
    await plane.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "mount-s3" } });
    await plane.client.apply({
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "mount-s3-critical" },
      value: 1_000_000_000,
      preemptionPolicy: "Never",
    });
    await plane.client.waitFor("its service account", () =>
      plane.client.get("v1", "ServiceAccount", "default", "mount-s3"),
    );
  });

  test("is admitted by the level restricted, and leaves the driver's pod its room", async () => {
    const pod = podOf("reserves");
    await plane.client.create(pod);
    const node = await nodeOf(pod);
    const mount = mountpointPod("mp-fits", node);
    await plane.client.create(mount);
    expect(await nodeOf(mount)).toBe(node);
  });

  test("which is missing where nothing was reserved: the driver's pod waits, and pushes nobody out", async () => {
    const pod = podOf("takes-all", { cpus: 0, memoryMiB: 0 });
    await plane.client.create(pod);
    const node = await nodeOf(pod);
    const mount = mountpointPod("mp-waits", node);
    await plane.client.create(mount);
    const reason = await plane.client.waitFor("the scheduler's word", async () => {
      const { conditions = [] } = ((await stored(mount))?.status ?? {}) as { conditions?: { message?: string }[] };
      return conditions.map(({ message = "" }) => message).find((message) => message.includes("Insufficient"));
    });
    expect(reason).toContain("Insufficient cpu");
    expect((await stored(pod))?.metadata.deletionTimestamp).toBeUndefined();
  });
});
