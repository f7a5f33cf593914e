import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { NodeBootstrap, nodeUserData } from "cdktf-ai-datacenter/compute";

interface NodeConfig {
  readonly spec: {
    readonly cluster?: Record<string, unknown>;
    readonly instance?: Record<string, unknown>;
    readonly kubelet?: { readonly config?: Record<string, unknown>; readonly flags?: readonly string[] };
  };
}

const EKS_PART = parse(readFileSync(join(__dirname, "golden/eks-node-config.yaml"), "utf8")) as NodeConfig;

function decoded(userData: string | undefined): string {
  return Buffer.from(userData ?? "", "base64").toString("utf8");
}

/** The NodeConfig in MIME user data. */
function nodeConfig(userData: string | undefined): NodeConfig {
  const [, part = ""] = /Content-Type: application\/node\.eks\.aws\n\n([\s\S]*?)\n--/.exec(decoded(userData)) ?? [];
  return parse(part) as NodeConfig;
}

/**
 * How nodeadm joins the parts of a node's user data: later ones win key by key, the kubelet's configuration too, while its flags are
 * strung together. Source: awslabs/amazon-eks-ami `nodeadm/internal/api/merge.go`, 2ebd7f1.
 */
function merged(ours: NodeConfig, theirs: NodeConfig): NodeConfig["spec"] {
  const [a, b] = [ours.spec, theirs.spec];
  return {
    cluster: { ...a.cluster, ...b.cluster },
    instance: { ...a.instance, ...b.instance },
    kubelet: {
      config: { ...a.kubelet?.config, ...b.kubelet?.config },
      flags: [...(a.kubelet?.flags ?? []), ...(b.kubelet?.flags ?? [])],
    },
  };
}

/** Flags beat the configuration file, and of flags the last one counts. Source: kubernetes.io, "Set Kubelet Parameters Via A Configuration File". */
function effectiveMaxPods({ kubelet }: NodeConfig["spec"]): number {
  const flag = kubelet?.flags?.findLast((one) => one.startsWith("--max-pods="));
  return flag === undefined ? Number(kubelet?.config?.maxPods) : Number(flag.split("=")[1]);
}

const settings = { bootstrap: NodeBootstrap.NODEADM, stripeLocalDisks: true, maxPods: 51 };

describe("the part for AL2023, merged with the one that EKS appends", () => {
  test("keeps our pod limit, our disks, and all that EKS says of cluster and labels", () => {
    const all = merged(nodeConfig(nodeUserData(settings)), EKS_PART);
    expect(effectiveMaxPods(all)).toBe(51);
    expect(all).toEqual({
      cluster: EKS_PART.spec.cluster,
      instance: { localStorage: { strategy: "RAID0" } },
      kubelet: {
        config: { maxPods: 100, clusterDNS: ["172.20.0.10"] },
        flags: ["--max-pods=51", ...(EKS_PART.spec.kubelet?.flags ?? [])],
      },
    });
  });

  test("would lose a limit in the kubelet's configuration: that is why it is a flag", () => {
    const naive: NodeConfig = { spec: { kubelet: { config: { maxPods: 51 } } } };
    expect(effectiveMaxPods(merged(naive, EKS_PART))).toBe(100);
  });

  test("leaves the limit to EKS where we have none", () => {
    const all = merged(nodeConfig(nodeUserData({ ...settings, maxPods: undefined })), EKS_PART);
    expect(effectiveMaxPods(all)).toBe(100);
  });
});

test("user data of AL2023 renders as reviewed", () => {
  expect(decoded(nodeUserData(settings))).toMatchInlineSnapshot(`
   "MIME-Version: 1.0
   Content-Type: multipart/mixed; boundary="AIDC"

   --AIDC
   Content-Type: application/node.eks.aws

   ---
   apiVersion: node.eks.aws/v1alpha1
   kind: NodeConfig
   spec:
     instance:
       localStorage:
         strategy: RAID0
     kubelet:
       flags:
         - --max-pods=51

   --AIDC--
   "
  `);
});

test("there is none where there is nothing to say", () => {
  for (const bootstrap of Object.values(NodeBootstrap)) {
    expect(nodeUserData({ bootstrap, stripeLocalDisks: false })).toBeUndefined();
  }
});

test("user data of Bottlerocket renders as reviewed", () => {
  const bottlerocket = { ...settings, bootstrap: NodeBootstrap.BOTTLEROCKET };
  expect(decoded(nodeUserData(bottlerocket))).toMatchInlineSnapshot(`
   "[settings.kubernetes]
   max-pods = 51

   [settings.bootstrap-commands.k8s-ephemeral-storage]
   commands = [["apiclient", "ephemeral-storage", "init"], ["apiclient", "ephemeral-storage", "bind", "--dirs", "/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods"]]
   essential = true
   mode = "always"
   "
  `);
  expect(decoded(nodeUserData({ ...bottlerocket, stripeLocalDisks: false }))).toBe(
    "[settings.kubernetes]\nmax-pods = 51\n",
  );
});
