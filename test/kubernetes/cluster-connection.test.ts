import { eksConnection, kubeconfigConnection, KubernetesTarget, Renderers } from "cdktf-ai-datacenter/kubernetes";
import { synthStack, testStack } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import { EksCluster } from "../../lib/terraform/aws";
import type { Renderer } from "../../lib/kubernetes/target/renderer";

const EKS = {
  clusterName: "ai",
  endpoint: "https://example.eks.amazonaws.com",
  caData: Buffer.from("PEM").toString("base64"),
  region: "us-east-1",
  kubernetesVersion: "1.35",
};
const ROLE = "arn:aws:iam::123456789012:role/Deploy";

const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } };
const chart = {
  name: "c",
  repository: "oci://r.example/c",
  version: "1",
  images: [],
  source: { facts: "test", date: "2026" },
};

function providers(connection: ReturnType<typeof eksConnection>, renderer: Renderer) {
  const stack = testStack();
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer });
  target.place(stack, "Object", object);
  target.install(stack, "Release", { name: "r", namespace: "a", chart, values: {} });
  return synthStack(stack, { versions: true });
}

describe("a connection to EKS", () => {
  test("gets its tokens by the AWS CLI, with the stage's role", () => {
    const { exec } = eksConnection({ ...EKS, deployRoleArn: ROLE });
    expect(exec?.args.join(" ")).toBe(
      `eks get-token --cluster-name ai --region us-east-1 --output json --role-arn ${ROLE}`,
    );
    expect(eksConnection(EKS).exec?.args).not.toContain("--role-arn");
  });

  test("is what every provider is told", () => {
    const exec = { api_version: "client.authentication.k8s.io/v1beta1", command: "aws" };
    const reached = { host: EKS.endpoint, cluster_ca_certificate: "PEM" };
    const { provider, terraform } = providers(eksConnection(EKS), Renderers.terraform());
    expect(provider.kubernetes).toMatchObject([{ ...reached, exec: [exec] }]);
    expect(provider.helm).toMatchObject([{ kubernetes: { ...reached, exec } }]);
    expect(terraform.required_providers).toMatchObject({
      kubernetes: { source: "hashicorp/kubernetes", version: "~> 2.38" },
      helm: { source: "hashicorp/helm", version: "~> 3.1" },
    });
    const kubectl = providers(eksConnection(EKS), Renderers.kubectl());
    expect(kubectl.provider.kubectl).toMatchObject([{ ...reached, load_config_file: false, exec: [exec] }]);
    expect(kubectl.terraform.required_providers).toMatchObject({ kubectl: { source: "gavinbunney/kubectl" } });
  });

  test("decodes a certificate that is known after apply by Terraform", () => {
    const stack = testStack();
    const cluster = new EksCluster(stack, "Eks", { name: "ai", roleArn: ROLE, vpcConfig: { subnetIds: [] } });
    const caData = cluster.certificateAuthority.get(0).data;
    new KubernetesTarget(stack, "Kubernetes", { connection: eksConnection({ ...EKS, caData }) });
    expect(synthStack(stack).provider.kubernetes?.[0]?.cluster_ca_certificate).toMatch(
      /^\$\{base64decode\(aws_eks_cluster/,
    );
  });
});

describe("a connection by kubeconfig", () => {
  test("names the file and the context, and no credentials", () => {
    const connection = kubeconfigConnection({ path: "onprem.yaml", context: "dc1", kubernetesVersion: "1.34" });
    const { provider } = providers(connection, Renderers.kubectl());
    expect(provider.kubectl).toEqual([{ config_path: "onprem.yaml", config_context: "dc1", load_config_file: true }]);
    expect(provider.helm).toEqual([{ kubernetes: { config_path: "onprem.yaml", config_context: "dc1" } }]);
  });

  test("lists groups once, in an order of its own", () => {
    const connection = kubeconfigConnection({ kubernetesVersion: "1.34", apiGroups: ["b.io", "a.io", "b.io"] });
    expect(connection.apiGroups).toEqual(["a.io", "b.io"]);
    const target = new KubernetesTarget(testStack(), "Kubernetes", { connection });
    expect([target.has("a.io"), target.has("c.io")]).toEqual([true, false]);
  });

  test.each(["v1.35", "1.35.2", "latest"])("refuses %s as a version", (kubernetesVersion) => {
    expect(() => kubeconfigConnection({ kubernetesVersion })).toRefuse("KUBERNETES_VERSION_INVALID");
  });
});
