import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SNAPSHOTS } from "./places";
import type { NodePrograms } from "./programs";

/** What a node is made of. */
export interface NodeLayout {
  /** Holds everything of the node; goes with it. */
  readonly folder: string;
  /** Of the Node object. */
  readonly name: string;
  /** Name of its control group, unique on this machine. */
  readonly cgroup: string;
  /** Its address with the length of the network's prefix. */
  readonly address: string;
  /** This machine, which also answers names. */
  readonly gateway: string;
  readonly subnet: string;
  /** First and last address of its pods. */
  readonly podRange: readonly [string, string];
  /** Process that holds the switch's network, and the name of our port there. */
  readonly switchPid: number;
  readonly port: string;
  readonly programs: NodePrograms;
  /** Image of the container that holds a pod's namespaces. */
  readonly pauseImage: string;
  /** Folder with the files of all images, one folder in it for each. */
  readonly imageFiles: string;
  readonly kubeconfig: object;
  readonly machine: MachineSize;
}

/** How large the node says it is. */
export interface MachineSize {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly hugePages2Mi: number;
  readonly maxPods: number;
  /** What the system keeps of it. */
  readonly reservedMillicores: number;
  readonly reservedMemoryMiB: number;
}

const BRIDGE = "pods";
const KUBELET_PORT = 10250;

/** Writes the files that node.sh and its programs read. */
export function writeNodeFiles(layout: NodeLayout): void {
  const { folder, programs } = layout;
  const variables = {
    NAME: layout.name,
    ADDRESS: layout.address,
    GATEWAY: layout.gateway,
    CGROUP: layout.cgroup,
    SWITCH: String(layout.switchPid),
    PORT: layout.port,
    BRIDGE,
    PROGRAMS: programs.debian,
    KUBELET: programs.kubelet,
    IMAGE_FILES: layout.imageFiles,
    SNAPSHOTS: join(folder, "containerd", SNAPSHOTS),
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(join(folder, "node.env"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "containerd.toml"), containerdConfig(layout));
  mkdirSync(join(folder, "cni"));
  writeFileSync(join(folder, "cni", "10-pods.conflist"), JSON.stringify(networkConfig(layout)));
  writeFileSync(join(folder, "resolv.conf"), `nameserver ${layout.gateway}\n`);
  writeFileSync(join(folder, "kubelet.json"), JSON.stringify(kubeletConfig(layout)));
  writeFileSync(join(folder, "kubeconfig.json"), JSON.stringify(layout.kubeconfig), { mode: 0o600 });
  writeMachine(join(folder, "machine"), layout.machine);
}

/** Configuration of containerd 1.6, all of whose places are in a folder. */
export function containerdConfig({
  folder,
  programs,
  pauseImage,
}: Pick<NodeLayout, "folder" | "programs" | "pauseImage">): string {
  return `version = 2
root = "${folder}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "${folder}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE, which some machines keep back, no pod would start otherwise: "can't get final child's PID from pipe".
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "${programs.debian}/usr/sbin/runc"
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${programs.debian}/usr/lib/cni"
    conf_dir = "${folder}/cni"
`;
}

/** All pods and nodes are on one network, as in a VPC; each node gives its pods addresses of a range of its own. */
function networkConfig({ subnet, podRange: [rangeStart, rangeEnd], gateway }: NodeLayout): object {
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: BRIDGE,
        isGateway: false,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet, rangeStart, rangeEnd, gateway }]],
          routes: [{ dst: "0.0.0.0/0", gw: gateway }],
        },
      },
    ],
  };
}

function kubeletConfig({ folder, gateway, address, machine }: NodeLayout): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // Only this machine and the twin's own pods reach it, and the API server here has no client certificate to show.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    address: address.split("/")[0],
    port: KUBELET_PORT,
    readOnlyPort: 0,
    healthzPort: 0,
    containerRuntimeEndpoint: `unix://${folder}/containerd.sock`,
    podLogsDir: join(folder, "pods"),
    volumePluginDir: join(folder, "volume-plugins"),
    staticPodPath: "",
    clusterDNS: [gateway],
    clusterDomain: "cluster.local",
    resolvConf: join(folder, "resolv.conf"),
    maxPods: machine.maxPods,
    kubeReserved: { cpu: `${machine.reservedMillicores}m`, memory: `${machine.reservedMemoryMiB}Mi` },
    cgroupDriver: "cgroupfs",
    failCgroupV1: false,
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    makeIPTablesUtilChains: false,
    failSwapOn: false,
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    nodeStatusUpdateFrequency: "5s",
    syncFrequency: "10s",
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    logging: { flushFrequency: "1s" },
  };
}

/** Files that stand in for those of the kernel, so that kubelet reports the instance type's size and not this machine's. */
function writeMachine(folder: string, { cpus, memoryMiB, hugePages2Mi }: MachineSize): void {
  mkdirSync(folder);
  const meminfo = readFileSync("/proc/meminfo", "utf8");
  writeFileSync(
    join(folder, "meminfo"),
    meminfo
      .replace(/^MemTotal:.*$/m, `MemTotal:       ${memoryMiB * 1024} kB`)
      .replace(/^MemAvailable:.*$/m, `MemAvailable:   ${memoryMiB * 1024} kB`),
  );
  const list = `0-${cpus - 1}\n`;
  const cpu = join(folder, "cpu");
  const node = join(folder, "node", "node0");
  mkdirSync(node, { recursive: true });
  mkdirSync(cpu);
  for (const name of ["online", "possible", "present"]) writeFileSync(join(cpu, name), list);
  for (let index = 0; index < cpus; index += 1) {
    for (const place of [cpu, node]) {
      const topology = join(place, `cpu${index}`, "topology");
      mkdirSync(topology, { recursive: true });
      writeFileSync(join(topology, "core_id"), `${index}\n`);
      writeFileSync(join(topology, "physical_package_id"), "0\n");
      writeFileSync(join(place, `cpu${index}`, "online"), "1\n");
    }
  }
  writeFileSync(join(folder, "node", "online"), "0\n");
  writeFileSync(join(node, "cpulist"), list);
  writeFileSync(join(node, "distance"), "10\n");
  writeFileSync(join(node, "meminfo"), `Node 0 MemTotal: ${memoryMiB * 1024} kB\n`);
  const pages = { "hugepages-2048kB": hugePages2Mi, "hugepages-1048576kB": 0 };
  for (const [name, count] of Object.entries(pages)) {
    for (const place of [join(folder, "hugepages"), join(node, "hugepages")]) {
      mkdirSync(join(place, name), { recursive: true });
      writeFileSync(join(place, name, "nr_hugepages"), `${count}\n`);
      writeFileSync(join(place, name, "free_hugepages"), `${count}\n`);
    }
  }
}
