import { AccessMode, CapacityKind, TaintEffect } from "cdktf-ai-datacenter/contracts";
import {
  MemoryCheck,
  MountKind,
  resolveTrainingJob,
  type TrainingJobOptions,
  trainingAccess,
} from "cdktf-ai-datacenter/training";
import "cdktf-ai-datacenter/testing/jest";
import { onPremisesPool } from "../kubernetes/gang/pools";
import { BERT_BASE, LLAMA_8B, llmJob, nerJob, pool, RUNTIME } from "./jobs";

const resolve = (more: Partial<TrainingJobOptions> = {}) => resolveTrainingJob(nerJob(more), "test/Job");
const llm = (more: Partial<TrainingJobOptions> = {}) => resolveTrainingJob(llmJob(more), "test/Job");

describe("a run", () => {
  test("is called by the job and what it learns", () => {
    expect(resolve().runId).toMatch(/^ner-[0-9a-f]{8}$/);
    expect(resolve().launchSpec.run.id).toBe(resolve().runId);
    expect(resolve({ train: { steps: 1001, global_batch: 256 } }).runId).not.toBe(resolve().runId);
  });

  test("stays itself when it runs differently", () => {
    const same: Partial<TrainingJobOptions>[] = [
      { image: `other@sha256:${"c".repeat(64)}` },
      { nodes: 4 },
      { maxRestarts: 0 },
      { checkpoint: { keep: 1 } },
      { env: { A: "1" } },
      { runtime: undefined },
    ];
    for (const more of same) expect(resolve(more).runId).toBe(resolve().runId);
  });

  test("saves every quarter of an hour unless told otherwise", () => {
    expect(resolve().launchSpec.checkpoint).toMatchObject({ every_seconds: 900, every_steps: 500 });
    expect(resolve({ checkpoint: { every_seconds: null } }).launchSpec.checkpoint.every_seconds).toBeNull();
  });

  test("knows its fabric, its nodes and the end of its capacity from the pool", () => {
    const window = {
      start: "2026-12-01T11:30:00Z",
      drainFrom: "2026-12-08T10:50:00Z",
      reclaimFrom: "2026-12-08T11:00:00Z",
      end: "2026-12-08T11:30:00Z",
    };
    const block = pool({ capacityKind: CapacityKind.BLOCK, capacityWindow: window });
    const { launchSpec } = resolve({ pool: block, nodes: undefined, minNodes: 1, maxNodes: 4 });
    expect(launchSpec.fabric).toEqual({ kind: "efa", check: "enforce" });
    expect(launchSpec.resilience).toMatchObject({ min_nodes: 1, max_nodes: 4, deadline: window.drainFrom });
    const own = resolve({ pool: onPremisesPool, fabric: { kind: "infiniband" } }).launchSpec.fabric;
    expect(own).toEqual({ kind: "infiniband", check: "enforce" });
    expect(resolve({ pool: onPremisesPool }).launchSpec.fabric.kind).toBe("none");
  });

  test("asks for exactly the places that it uses", () => {
    const { launchSpec, runId } = resolve({
      model: { weights: "s3://models/base/", tokenizer: "s3://models/base/" },
      observe: { tensorboard: "s3://logs/tb/" },
    });
    expect(trainingAccess(launchSpec, RUNTIME)).toEqual([
      { uri: "s3://datasets/ner/eval/", mode: AccessMode.READ },
      { uri: "s3://datasets/ner/train/", mode: AccessMode.READ },
      { uri: "s3://logs/tb/", mode: AccessMode.WRITE },
      { uri: "s3://models/base/", mode: AccessMode.READ },
      { uri: `s3://models/research/${runId}/`, mode: AccessMode.WRITE },
      { uri: RUNTIME.uri, mode: AccessMode.READ },
    ]);
  });
});

describe("the environment", () => {
  test("tells where the nodes meet, anew for each start", () => {
    const { environment, runId } = resolve();
    expect(environment).toMatchObject({
      PET_NNODES: "2",
      PET_NPROC_PER_NODE: "8",
      PET_RDZV_BACKEND: "c10d",
      PET_RDZV_ENDPOINT: `${runId}-node-0-0.${runId}:29500`,
      PET_RDZV_ID: `${runId}-$(AIDC_ATTEMPT)`,
      TORCH_DISABLE_SHARE_RDZV_TCP_STORE: "1",
      AIDC_SPEC: "/etc/aidc/launch-spec.json",
      AWS_REGION: "us-east-1",
    });
    expect(resolve({ nodes: undefined, minNodes: 1, maxNodes: 4 }).environment.PET_NNODES).toBe("1:4");
  });

  test("sets nothing that libfabric and its plugin choose better", () => {
    const names = Object.keys(resolve().environment);
    expect(names.filter((name) => /^(FI_|RDMAV_)/.test(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith("NCCL_"))).toEqual(["NCCL_SOCKET_IFNAME"]);
    expect(resolve().environment.NCCL_SOCKET_IFNAME).toBe("^docker,lo,veth");
    const g6 = pool({ instanceType: "g6.48xlarge", fabricResource: undefined });
    expect(resolve({ pool: g6, nodes: 1 }).environment).toMatchObject({ NCCL_SHM_USE_CUDA_MEMCPY: "1" });
    expect(resolve({ pool: g6, nodes: 1 }).environment).not.toHaveProperty("NCCL_SOCKET_IFNAME");
  });

  test.each(["FI_PROVIDER", "NCCL_PROTO", "RDMAV_FORK_SAFE", "PET_NNODES", "MASTER_ADDR"])("refuses %s", (name) => {
    expect(() => resolve({ env: { [name]: "x" } })).toRefuse("TRAINING_VARIABLE_RESERVED", {
      path: `test/Job.env.${name}`,
    });
  });

  test("leaves fabrics of others alone", () => {
    expect(resolve({ pool: onPremisesPool, env: { NCCL_PROTO: "Simple" } }).environment.NCCL_PROTO).toBe("Simple");
  });
});

describe("refuses", () => {
  test.each([
    [{ nodes: 17 }],
    [{ nodes: 0 }],
    [{ nodes: undefined }],
    [{ nodes: undefined, minNodes: 2 }],
    [{ nodes: undefined, minNodes: 4, maxNodes: 2 }],
    [{ nodes: 2, maxNodes: 4 }],
    [{ processesPerNode: 0 }],
  ])("the nodes %j", (more) => {
    expect(() => resolve(more)).toRefuse("TRAINING_NODES_INVALID");
  });

  test("degrees that do not divide the processes, at any number of nodes", () => {
    expect(() => resolve({ parallel: { replicate: 3 } })).toRefuse("TRAINING_PARALLEL_INVALID", {
      path: "test/Job.parallel",
    });
    const elastic = { nodes: undefined, minNodes: 2, maxNodes: 3 };
    expect(resolve({ ...elastic, parallel: { replicate: 2 } }).layout).toEqual({ replicate: 2, shard: 8, tensor: 1 });
    expect(() => resolve({ ...elastic, parallel: { replicate: 2, shard: 8 } })).toRefuse("TRAINING_PARALLEL_INVALID");
    expect(() => resolve({ parallel: { tensor: 16 } })).toRefuse("TRAINING_PARALLEL_INVALID", {
      path: "test/Job.parallel.tensor",
      got: 16,
    });
  });

  test("fewer samples than devices", () => {
    expect(() => resolve({ train: { steps: 1, global_batch: 15 } })).toRefuse("TRAINING_BATCH_INVALID", { got: 15 });
    expect(resolve({ train: { steps: 1, global_batch: 16 } }).layout.shard).toBe(16);
  });

  test("models that do not fit, with the numbers", () => {
    expect(() => llm({ parallel: { strategy: "ddp" } })).toRefuse("TRAINING_MEMORY_EXCEEDED", {
      path: "test/Job.model",
    });
    expect(() => llm({ parallel: { strategy: "ddp" } })).toThrow(
      /80\.0 GiB of a h100; these are 8\.03 billion parameters/,
    );
    expect(llm({ parallel: { strategy: "ddp" }, memoryCheck: MemoryCheck.OFF }).memory?.parameters).toBe(8030261248);
    expect(llm().memory?.totalBytes).toBeLessThan(80 * 1024 ** 3);
  });

  test("activations that do not fit, unless they are computed again", () => {
    const wide = {
      model: { config: LLAMA_8B },
      train: { steps: 1, global_batch: 1024, micro_batch: 8 },
      schedule: undefined,
    };
    expect(() => llm(wide)).toRefuse("TRAINING_MEMORY_EXCEEDED");
    const again = { config: LLAMA_8B, activation_checkpointing: "blocks" as const };
    expect(llm({ ...wide, model: again, data: { format: "parquet", sequence_length: 2048 } }).memory).toBeDefined();
  });

  test("checkpoints that cannot be written", () => {
    const readOnly = { uri: "s3://models/research/", readOnly: true };
    expect(() => resolve({ checkpoints: readOnly })).toRefuse("TRAINING_STORAGE_INVALID", {
      path: "test/Job.checkpoints",
    });
    const files = { uri: "file:///data/runs/", readOnly: false };
    const bucket = { claim: "data", path: "/data", kind: MountKind.OBJECT_STORE };
    const lustre = { claim: "data", path: "/data", kind: MountKind.FILE_SYSTEM };
    expect(() => resolve({ checkpoints: files })).toRefuse("TRAINING_STORAGE_INVALID", { got: files.uri });
    expect(() => resolve({ checkpoints: files, mounts: [bucket] })).toRefuse("TRAINING_STORAGE_INVALID");
    expect(() => resolve({ checkpoints: files, mounts: [{ ...lustre, readOnly: true }] })).toRefuse(
      "TRAINING_STORAGE_INVALID",
    );
    expect(resolve({ checkpoints: files, mounts: [lustre] }).reserve).toEqual({ cpus: 0, memoryMiB: 0 });
  });

  test("files that are not mounted, and leaves room for those that are", () => {
    const files = { uri: "file:///data/ner/", readOnly: true };
    expect(() => resolve({ dataset: files })).toRefuse("TRAINING_STORAGE_INVALID", { path: "test/Job.dataset" });
    const other = { claim: "data", path: "/dat", kind: MountKind.OBJECT_STORE };
    expect(() => resolve({ dataset: files, mounts: [other] })).toRefuse("TRAINING_STORAGE_INVALID");
    const bucket = { claim: "data", path: "/data", kind: MountKind.OBJECT_STORE };
    const job = resolve({ dataset: files, mounts: [bucket], reserve: { cpus: 2, memoryMiB: 1024 } });
    expect(job.reserve).toEqual({ cpus: 3, memoryMiB: 5120 });
    expect(job.access.map(({ uri }) => uri)).not.toContain(files.uri);
    expect(() => resolve({ mounts: [bucket, bucket] })).toRefuse("TRAINING_STORAGE_INVALID");
    expect(() => resolve({ mounts: [{ ...bucket, path: "/tmp/x" }] })).toRefuse("TRAINING_STORAGE_INVALID");
  });

  test("local checkpoints where nothing can be written", () => {
    const local = (path: string) => resolve({ checkpoint: { local: { path } } }).launchSpec.checkpoint.local;
    expect(() => local("/ckpt")).toRefuse("TRAINING_STORAGE_INVALID", { got: "/ckpt" });
    expect(local("/tmp/ckpt")).toEqual({ path: "/tmp/ckpt" });
  });

  test("spot capacity that loses more than half an hour", () => {
    const spot = pool({ capacityKind: CapacityKind.SPOT });
    const every = (seconds: number | null) => resolve({ pool: spot, checkpoint: { every_seconds: seconds } });
    expect(() => every(null)).toRefuse("TRAINING_CHECKPOINTS_RARE", { path: "test/Job.checkpoint.every_seconds" });
    expect(() => every(1801)).toRefuse("TRAINING_CHECKPOINTS_RARE", { got: 1801 });
    expect(every(1800).launchSpec.checkpoint.every_seconds).toBe(1800);
    expect(resolve({ pool: spot }).launchSpec.checkpoint.every_seconds).toBe(900);
  });

  test("times in which nothing can be saved", () => {
    expect(() => resolve({ gracePeriodSeconds: 90 })).toRefuse("TRAINING_GRACE_INVALID", { got: 90 });
    expect(resolve({ gracePeriodSeconds: 91 }).gracePeriodSeconds).toBe(91);
    const spot = pool({ capacityKind: CapacityKind.SPOT });
    expect(() => resolve({ pool: spot, gracePeriodSeconds: 121 })).toRefuse("TRAINING_GRACE_INVALID", { got: 121 });
  });

  test("images and runtimes that could change", () => {
    expect(() => resolve({ image: "train:1" })).toRefuse("TRAINING_IMAGE_UNPINNED", { got: "train:1" });
    expect(() => resolve({ runtime: { ...RUNTIME, sha256: "b" } })).toRefuse("RUNTIME_REFERENCE_INVALID", {
      path: "test/Job.runtime.sha256",
    });
    expect(() => resolve({ runtime: { ...RUNTIME, uri: "http://x/y.zip" } })).toRefuse("RUNTIME_REFERENCE_INVALID");
  });

  test("pools whose devices the launcher does not drive, and fabrics that they have not", () => {
    const neuron = pool({
      acceleratorResource: "aws.amazon.com/neuron",
      taints: [{ key: "aws.amazon.com/neuron", effect: TaintEffect.NO_SCHEDULE }],
    });
    expect(() => resolve({ pool: neuron })).toRefuse("TRAINING_POOL_UNSUPPORTED", { path: "test/Job.pool" });
    expect(resolve({ pool: neuron, launcher: { name: "neuron" } }).runId).toBe(resolve().runId);
    const plain = pool({ fabricResource: undefined, fabricInterfacesPerNode: 0 });
    expect(() => resolve({ pool: plain, fabric: { kind: "efa" } })).toRefuse("TRAINING_POOL_UNSUPPORTED");
  });

  test("names from which pods get none", () => {
    const longest = "a".repeat(63 - "-12345678-node-0-1-abcde".length);
    expect(resolve({ name: longest }).runId).toHaveLength(longest.length + 9);
    expect(() => resolve({ name: `${longest}a` })).toRefuse("KUBERNETES_NAME_INVALID", { path: "test/Job.name" });
    expect(() => resolve({ name: "1ner" })).toRefuse("KUBERNETES_NAME_INVALID");
  });

  test("parts that the runtime would refuse", () => {
    expect(() => resolve({ model: {} })).toRefuse("LAUNCH_SPEC_INVALID", { path: "test/Job.model" });
  });
});

test("runs on nodes without accelerators, one process each", () => {
  const plain = pool({ acceleratorsPerNode: 0, wholeNodeResources: {}, fabricResource: undefined });
  const job = resolve({ pool: plain, model: { config: BERT_BASE } });
  expect(job.environment.PET_NPROC_PER_NODE).toBe("1");
  expect(resolve({ pool: plain, processesPerNode: 2 }).environment.PET_NPROC_PER_NODE).toBe("2");
});
