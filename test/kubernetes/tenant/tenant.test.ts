import { kubeconfigConnection, KubernetesTarget } from "cdktf-ai-datacenter/kubernetes";
import { resourcesOf, synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import type { KubernetesManifest } from "../../../lib/kubernetes/manifest";
import { EgressRule, NetworkProtocol } from "../../../lib/kubernetes/tenant/network-rules";
import { type TenantOptions, tenantManifests } from "../../../lib/kubernetes/tenant/resolve-tenant";
import { Tenant } from "../../../lib/kubernetes/tenant/tenant";
import { burstPool, neuronPool, trainingPool } from "../gang/pools";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function objectsOf(options: Partial<TenantOptions> = {}): readonly KubernetesManifest[] {
  const manifests = tenantManifests({ name: "research", ...options }, "1.35", "test/Research");
  return JSON.parse(JSON.stringify(manifests)) as readonly KubernetesManifest[];
}

function objectOf(kind: string, options: Partial<TenantOptions> = {}, name?: string): Record<string, unknown> {
  const found = objectsOf(options).find(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found === undefined) throw new Error(`no ${kind} ${name ?? ""}`);
  return found;
}

const policyOf = (name: string, options: Partial<TenantOptions> = {}) =>
  objectOf("NetworkPolicy", options, name).spec as Record<string, unknown>;

describe("a tenant", () => {
  test("has a namespace that admits restricted pods only, by the rules of the cluster's version", () => {
    const restricted = (mode: string) => ({
      [`pod-security.kubernetes.io/${mode}`]: "restricted",
      [`pod-security.kubernetes.io/${mode}-version`]: "v1.35",
    });
    expect(objectOf("Namespace").metadata).toEqual({
      name: "team-research",
      labels: { "aidc/team": "research", ...restricted("enforce"), ...restricted("audit"), ...restricted("warn") },
    });
    expect(objectOf("Namespace", { namespace: "lab" }).metadata).toMatchObject({
      name: "lab",
      labels: { "aidc/team": "research" },
    });
  });

  test("puts all else into that namespace", () => {
    const [first, ...rest] = objectsOf({ groups: ["research"] });
    expect(first?.kind).toBe("Namespace");
    for (const { metadata } of rest) expect(metadata.namespace).toBe("team-research");
  });

  test("takes the version of the cluster from the target, and waits for the namespace", () => {
    const stack = testStack();
    const connection = kubeconfigConnection({ kubernetesVersion: "1.34" });
    const target = new KubernetesTarget(stack, "Kubernetes", { connection });
    const tenant = new Tenant(stack, "Research", { target, name: "research", groups: ["research"] });
    expect(tenant.namespace).toBe("team-research");
    const blocks = resourcesOf(synthStack(stack), "kubernetes_manifest");
    const isNamespace = ({ address }: { readonly address: string }) => address.includes("_Namespace-");
    expect(JSON.stringify(blocks.find(isNamespace)?.properties)).toContain("v1.34");
    for (const { properties } of blocks.filter((block) => !isNamespace(block)))
      expect(JSON.stringify(properties.depends_on)).toMatch(/Namespace/);
    expect(tenant.placed).toHaveLength(blocks.length);
    expect(() => new Tenant(stack, "Again", { target, name: "research" })).toRefuse("MANIFEST_DUPLICATE");
  });

  test.each([
    ["capitals", { name: "Research" }, "name"],
    ["a name whose namespace gets too long", { name: "a".repeat(59) }, "name"],
    ["the namespace default", { namespace: "default" }, "namespace"],
    ["a namespace of Kubernetes", { namespace: "kube-public" }, "namespace"],
    ["a namespace with a dot", { namespace: "a.b" }, "namespace"],
  ])("refuses %s", (_, options, property) => {
    expect(() => objectsOf(options)).toRefuse("KUBERNETES_NAME_INVALID", { path: `test/Research.${property}` });
  });
});

describe("the network of a tenant", () => {
  test("lets nothing pass by default but names and its own pods", () => {
    const names = objectsOf().flatMap(({ kind, metadata }) => (kind === "NetworkPolicy" ? [metadata.name] : []));
    expect(names).toEqual(["default-deny", "allow-dns", "allow-own-namespace"]);
    expect(policyOf("default-deny")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(policyOf("allow-dns")).toEqual({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
          ],
          ports: [
            { port: 53, protocol: "UDP" },
            { port: 53, protocol: "TCP" },
          ],
        },
      ],
    });
    expect(policyOf("allow-own-namespace")).toMatchObject({
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    });
  });

  test("can keep its pods apart", () => {
    expect(() => policyOf("allow-own-namespace", { internalTraffic: false })).toThrow("no NetworkPolicy");
  });

  test("lets out what is asked for, and nothing beside it", () => {
    const egress = [
      EgressRule.https(["10.0.0.0/16", "2600:1f00::/24"]),
      EgressRule.podIdentityAgent(),
      EgressRule.toNamespace("monitoring", [{ port: 9091 }]),
      EgressRule.toCidrs(["169.254.20.10/32"], [{ port: 53, protocol: NetworkProtocol.UDP }]),
    ];
    expect(policyOf("allow-egress", { egress })).toEqual({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [{ ipBlock: { cidr: "10.0.0.0/16" } }, { ipBlock: { cidr: "2600:1f00::/24" } }],
          ports: [{ port: 443, protocol: "TCP" }],
        },
        {
          to: [{ ipBlock: { cidr: "169.254.170.23/32" } }, { ipBlock: { cidr: "fd00:ec2::23/128" } }],
          ports: [{ port: 80, protocol: "TCP" }],
        },
        {
          to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: 9091, protocol: "TCP" }],
        },
        { to: [{ ipBlock: { cidr: "169.254.20.10/32" } }], ports: [{ port: 53, protocol: "UDP" }] },
      ],
    });
  });

  test("never lets out to the metadata service of the nodes", () => {
    const everywhere = [EgressRule.https(["0.0.0.0/0", "169.254.0.0/16", "::/0"])];
    const except = ["169.254.169.254/32"];
    expect(policyOf("allow-egress", { egress: everywhere }).egress).toMatchObject([
      {
        to: [
          { ipBlock: { cidr: "0.0.0.0/0", except } },
          { ipBlock: { cidr: "169.254.0.0/16", except } },
          { ipBlock: { cidr: "::/0", except: ["fd00:ec2::254/128"] } },
        ],
      },
    ]);
    for (const cidr of ["169.254.169.254/32", "fd00:ec2::254/128"]) {
      expect(() => objectsOf({ egress: [EgressRule.https([cidr])] })).toRefuse("TENANT_EGRESS_INVALID", { got: cidr });
    }
  });

  test("lets in the namespaces that are named", () => {
    const ingressFrom = [{ namespace: "monitoring", ports: [{ port: 9400 }] }, { namespace: "gateway" }];
    expect(policyOf("allow-ingress", { ingressFrom })).toEqual({
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
          ports: [{ port: 9400, protocol: "TCP" }],
        },
        { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateway" } } }] },
      ],
    });
  });

  test.each([
    ["no addresses", EgressRule.https([])],
    ["no ports", EgressRule.toCidrs(["10.0.0.0/8"], [])],
    ["a port that is none", EgressRule.toCidrs(["10.0.0.0/8"], [{ port: 70000 }])],
    ["port 0 of a namespace", EgressRule.toNamespace("a", [{ port: 0 }])],
  ])("refuses %s", (_, rule) => {
    expect(() => objectsOf({ egress: [rule] })).toRefuse("TENANT_EGRESS_INVALID", { path: "test/Research.egress[0]" });
  });

  test.each(["10.0.0.1/8", "10.0.0.0/33", "example.com", "2600:1f00::/129", "::1"])("refuses the block %s", (cidr) => {
    expect(() => objectsOf({ egress: [EgressRule.https([cidr])] })).toRefuse("CIDR_INVALID", { got: cidr });
  });

  test("refuses a namespace that cannot be", () => {
    expect(() => objectsOf({ egress: [EgressRule.toNamespace("*")] })).toRefuse("KUBERNETES_NAME_INVALID");
    expect(() => objectsOf({ ingressFrom: [{ namespace: "" }] })).toRefuse("KUBERNETES_NAME_INVALID");
  });
});

describe("the limits of a tenant", () => {
  const hard = (options: Partial<TenantOptions> = {}) =>
    (objectOf("ResourceQuota", options).spec as { readonly hard: Record<string, string> }).hard;

  test("bound objects, and allow neither load balancers nor ports of nodes", () => {
    expect(hard()).toEqual({
      pods: "2k",
      "count/jobs.batch": "500",
      "count/jobsets.jobset.x-k8s.io": "500",
      persistentvolumeclaims: "50",
      configmaps: "500",
      secrets: "100",
      services: "500",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  test("bound accelerators and fabric by nodes, summed over pools", () => {
    const nodes = [
      { pool: trainingPool(), nodes: 4 },
      { pool: burstPool, nodes: 8 },
      { pool: neuronPool, nodes: 0 },
    ];
    expect(hard({ limits: { nodes, pods: 10, storageGiB: 2048 } })).toMatchObject({
      pods: "10",
      "requests.storage": "2Ti",
      "requests.nvidia.com/gpu": "40",
      "requests.vpc.amazonaws.com/efa": "128",
      "requests.aws.amazon.com/neuron": "0",
    });
  });

  test("give containers defaults, and no maximum that a whole-node pod would break", () => {
    expect(objectOf("LimitRange").spec).toEqual({
      limits: [{ type: "Container", defaultRequest: { cpu: "100m", memory: "256Mi" }, default: { memory: "1Gi" } }],
    });
    const containerDefaults = { milliCpus: 2000, memoryMiB: 2048, memoryLimitMiB: 4096 };
    expect(objectOf("LimitRange", { containerDefaults }).spec).toEqual({
      limits: [{ type: "Container", defaultRequest: { cpu: "2", memory: "2Gi" }, default: { memory: "4Gi" } }],
    });
  });

  test.each([
    ["negative pods", { limits: { pods: -1 } }, "limits.pods"],
    ["half a claim", { limits: { persistentVolumeClaims: 0.5 } }, "limits.persistentvolumeclaims"],
    ["negative storage", { limits: { storageGiB: -1 } }, "limits.storageGiB"],
    ["negative nodes", { limits: { nodes: [{ pool: burstPool, nodes: -1 }] } }, "limits.nodes[0].nodes"],
    ["a negative default", { containerDefaults: { milliCpus: -1 } }, "containerDefaults.milliCpus"],
    ["a limit below the request", { containerDefaults: { memoryLimitMiB: 1 } }, "containerDefaults.memoryLimitMiB"],
  ])("refuses %s", (_, options, property) => {
    expect(() => objectsOf(options)).toRefuse("QUOTA_INVALID", { path: `test/Research.${property}` });
  });
});

describe("the identities of a tenant", () => {
  const identity = { namespace: "team-research", serviceAccount: "trainer", annotations: {} };

  test("become service accounts whose pods get no token for the API server", () => {
    const annotations = { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/Trainer" };
    const identities = [identity, { ...identity, serviceAccount: "server", annotations }];
    expect(objectsOf({ identities }).filter(({ kind }) => kind === "ServiceAccount")).toEqual([
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "trainer", namespace: "team-research" },
        automountServiceAccountToken: false,
      },
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "server", namespace: "team-research", annotations },
        automountServiceAccountToken: false,
      },
    ]);
  });

  test("are refused from elsewhere, and twice", () => {
    const foreign = { ...identity, namespace: "team-other" };
    expect(() => objectsOf({ identities: [foreign] })).toRefuse("TENANT_IDENTITY_INVALID", {
      path: "test/Research.identities[0].namespace",
      got: "team-other",
    });
    expect(() => objectsOf({ identities: [identity, identity] })).toRefuse("TENANT_IDENTITY_INVALID", {
      got: "trainer",
    });
    const unnamed = { ...identity, serviceAccount: "" };
    expect(() => objectsOf({ identities: [unnamed] })).toRefuse("KUBERNETES_NAME_INVALID");
  });
});

describe("the people of a team", () => {
  const rulesOf = (options: Partial<TenantOptions> = {}) =>
    objectOf("Role", { groups: ["research"], ...options }).rules as readonly Rule[];
  const verbsOn = (resource: string, rules = rulesOf()) =>
    rules.filter(({ resources }) => resources.includes(resource)).flatMap(({ verbs }) => verbs);

  test("have no access unless a group is named", () => {
    const kinds = objectsOf().map(({ kind }) => kind);
    expect(kinds).not.toContain("Role");
    expect(kinds).not.toContain("RoleBinding");
    expect(objectOf("RoleBinding", { groups: ["research", "sre"] })).toMatchObject({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "team" },
      subjects: [
        { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "research" },
        { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "sre" },
      ],
    });
  });

  test("manage jobs, and see what comes of them", () => {
    for (const resource of ["jobs", "jobsets", "configmaps", "persistentvolumeclaims", "services"]) {
      expect(verbsOn(resource)).toEqual(["get", "list", "watch", "create", "delete", "patch", "update"]);
    }
    expect(verbsOn("pods/log")).toEqual(["get"]);
    expect(verbsOn("workloads")).toEqual(["get", "list", "watch"]);
  });

  test("cannot pass by the queues: what makes pods beside jobs is not theirs", () => {
    expect(verbsOn("pods")).toEqual(["get", "list", "watch", "delete"]);
    for (const resource of [
      "deployments",
      "statefulsets",
      "daemonsets",
      "replicasets",
      "cronjobs",
      "replicationcontrollers",
    ])
      expect(verbsOn(resource)).toEqual([]);
  });

  test("touch neither secrets nor who may do what, and nothing by a wildcard", () => {
    for (const resource of ["secrets", "roles", "rolebindings", "networkpolicies"])
      expect(verbsOn(resource)).toEqual([]);
    for (const resource of ["resourcequotas", "limitranges", "serviceaccounts", "localqueues"]) {
      expect(verbsOn(resource)).toEqual(["get", "list", "watch"]);
    }
    expect(JSON.stringify(rulesOf({ debug: true }))).not.toContain("*");
  });

  test("open shells only where that was decided", () => {
    expect(verbsOn("pods/exec")).toEqual([]);
    expect(verbsOn("pods/exec", rulesOf({ debug: true }))).toContain("create");
  });

  test.each([[["system:authenticated"]], [["system:masters"]], [[" "]], [["a", "a"]]])(
    "refuses groups %p",
    (groups) => {
      expect(() => objectsOf({ groups })).toRefuse("TENANT_GROUP_INVALID", { path: "test/Research.groups" });
    },
  );
});
