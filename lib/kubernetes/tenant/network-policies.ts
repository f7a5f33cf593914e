import { checkLabelName } from "../gang/names";
import type { KubernetesManifest } from "../manifest";
import { type EgressRule, type NamespaceAccess, namespacePeer, NetworkProtocol, portList } from "./network-rules";

/** What may pass the borders of a namespace. */
export interface TenantTraffic {
  readonly namespace: string;
  readonly internal: boolean;
  readonly egress: readonly EgressRule[];
  readonly ingressFrom: readonly NamespaceAccess[];
}

const EVERY_POD = { podSelector: {} };

/**
 * The policies: nothing passes by default; names are resolved by CoreDNS; then what was asked for.
 *
 * They hold for the pods' IP traffic. What goes over EFA, InfiniBand or RoCE bypasses the network of the pods, and with it the policies: there
 * security groups and partitions separate, and the pool, of which a gang takes whole nodes.
 * @throws InvalidProps CIDR_INVALID, KUBERNETES_NAME_INVALID, TENANT_EGRESS_INVALID
 */
export function networkPolicies(traffic: TenantTraffic, at: string): readonly KubernetesManifest[] {
  const { namespace, internal, egress, ingressFrom } = traffic;
  const policy = (name: string, spec: Readonly<Record<string, unknown>>): KubernetesManifest => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec: { ...EVERY_POD, ...spec },
  });
  const allowed = egress.map((rule, index) => rule.render(`${at}.egress[${index}]`));
  const callers = ingressFrom.map((caller, index) => ingressRule(caller, `${at}.ingressFrom[${index}]`));
  return [
    policy("default-deny", { policyTypes: ["Ingress", "Egress"] }),
    policy("allow-dns", { policyTypes: ["Egress"], egress: [DNS] }),
    ...(internal ? [policy("allow-own-namespace", ownNamespace())] : []),
    ...(allowed.length > 0 ? [policy("allow-egress", { policyTypes: ["Egress"], egress: allowed })] : []),
    ...(callers.length > 0 ? [policy("allow-ingress", { policyTypes: ["Ingress"], ingress: callers })] : []),
  ];
}

/** CoreDNS, as EKS and kubeadm label it. */
const DNS = {
  to: [{ ...(namespacePeer("kube-system") as object), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
  ports: [
    { port: 53, protocol: NetworkProtocol.UDP },
    { port: 53, protocol: NetworkProtocol.TCP },
  ],
};

/** The ranks of a gang meet on any port. */
function ownNamespace(): Readonly<Record<string, unknown>> {
  return { policyTypes: ["Ingress", "Egress"], ingress: [{ from: [EVERY_POD] }], egress: [{ to: [EVERY_POD] }] };
}

function ingressRule({ namespace, ports = [] }: NamespaceAccess, at: string): unknown {
  checkLabelName(namespace, `${at}.namespace`);
  return { from: [namespacePeer(namespace)], ports: portList(ports, `${at}.ports`) };
}
