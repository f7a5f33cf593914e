import { policyOf, synthStack, testStack, theResource } from "cdktf-ai-datacenter/testing";
import "cdktf-ai-datacenter/testing/jest";
import type { ClusterReference } from "../../lib/contracts";
import { WorkloadIdentity, type WorkloadIdentityProps, WorkloadTrust } from "../../lib/security";
import { EksCluster, IamRole } from "../../lib/terraform/aws";

const ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/0A1B";
const cluster: ClusterReference = {
  clusterName: "prod",
  clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/prod",
  oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`,
  oidcIssuer: `https://${ISSUER}`,
};
type More = Partial<WorkloadIdentityProps>;

function build(more: More = {}) {
  const stack = testStack();
  const identity = new WorkloadIdentity(stack, "Trainer", {
    cluster,
    namespace: "research",
    serviceAccount: "trainer",
    ...more,
  });
  return { stack, identity };
}

const synth = (more?: More) => synthStack(build(more).stack);
const trustOf = (more?: More) =>
  policyOf(theResource(synth(more), "aws_iam_role").properties.assume_role_policy).Statement;

describe("WorkloadIdentity by Pod Identity", () => {
  test("is the default, needs no annotation, and is bound to its service account by an association", () => {
    const { stack, identity } = build();
    expect(identity.identity).toEqual({ namespace: "research", serviceAccount: "trainer", annotations: {} });
    const json = synthStack(stack);
    expect(json).toHaveResource("aws_eks_pod_identity_association", {
      cluster_name: "prod",
      namespace: "research",
      service_account: "trainer",
      role_arn: /^\$\{aws_iam_role\.Trainer_\w+\.arn\}$/,
    });
    expect(json).toHaveResource("aws_iam_role", {
      name: "test-trainer",
      description: "Pods of service account research/trainer in prod",
      permissions_boundary: undefined,
      depends_on: undefined,
    });
    expect(json).toHaveResourceCount("aws_iam_role_policy", 0);
    expect(json).toHaveResourceCount("aws_iam_role_policy_attachment", 0);
  });

  test("trusts one service account of one cluster of this account", () => {
    expect(trustOf()).toEqual([
      {
        Sid: "PodIdentity",
        Effect: "Allow",
        Principal: { Service: ["pods.eks.amazonaws.com"] },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          ArnEquals: { "aws:SourceArn": [cluster.clusterArn] },
          StringEquals: {
            "aws:RequestTag/kubernetes-namespace": ["research"],
            "aws:RequestTag/kubernetes-service-account": ["trainer"],
            "aws:SourceAccount": ["123456789012"],
          },
        },
      },
    ]);
  });

  test("needs no OpenID Connect provider", () => {
    const { clusterName, clusterArn } = cluster;
    expect(() => synth({ cluster: { clusterName, clusterArn } })).not.toThrow();
  });
});

describe("WorkloadIdentity by IRSA", () => {
  const trust = WorkloadTrust.IRSA;

  test("annotates the service account with its role, and makes no association", () => {
    const { stack, identity } = build({ trust });
    expect(identity.identity.annotations).toEqual({ "eks.amazonaws.com/role-arn": identity.roleArn });
    expect(synthStack(stack)).toHaveResourceCount("aws_eks_pod_identity_association", 0);
  });

  test("compares subject and audience, by the issuer without its scheme", () => {
    const expected = [
      {
        Sid: "WebIdentity",
        Effect: "Allow",
        Principal: { Federated: [cluster.oidcProviderArn] },
        Action: ["sts:AssumeRoleWithWebIdentity"],
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: ["sts.amazonaws.com"],
            [`${ISSUER}:sub`]: ["system:serviceaccount:research:trainer"],
          },
        },
      },
    ];
    expect(trustOf({ trust })).toEqual(expected);
    expect(trustOf({ trust, cluster: { ...cluster, oidcIssuer: ISSUER } })).toEqual(expected);
  });

  test("keeps an issuer that is known only after apply in the condition keys", () => {
    const stack = testStack();
    const eks = new EksCluster(stack, "Eks", {
      name: "prod",
      roleArn: "arn:aws:iam::123456789012:role/eks",
      vpcConfig: { subnetIds: [] },
    });
    const oidcIssuer = eks.identity.get(0).oidc.get(0).issuer;
    const reference = {
      clusterName: eks.name,
      clusterArn: eks.arn,
      oidcProviderArn: cluster.oidcProviderArn,
      oidcIssuer,
    };
    new WorkloadIdentity(stack, "Trainer", { cluster: reference, namespace: "a", serviceAccount: "b", trust });
    const { assume_role_policy: policy } = theResource(synthStack(stack), "aws_iam_role").properties;
    const issuer = '${replace(aws_eks_cluster.Eks.identity[0].oidc[0].issuer, "https://", "")}';
    expect(policyOf(policy).Statement[0]?.Condition).toEqual({
      StringEquals: {
        [`${issuer}:aud`]: ["sts.amazonaws.com"],
        [`${issuer}:sub`]: ["system:serviceaccount:a:b"],
      },
    });
  });

  test("refuses a cluster without provider or issuer", () => {
    const without = (key: "oidcProviderArn" | "oidcIssuer") => ({ ...cluster, [key]: undefined });
    for (const key of ["oidcProviderArn", "oidcIssuer"] as const) {
      const make = () => build({ trust, cluster: without(key) });
      expect(make).toRefuse("TRUST_INVALID", { path: "test/Trainer.cluster" });
      expect(make).toThrow("cluster.enableIrsa() before, or use WorkloadTrust.POD_IDENTITY");
    }
  });

  test("refuses an issuer or a provider that is none", () => {
    const broken = (more: Partial<ClusterReference>) => () => build({ trust, cluster: { ...cluster, ...more } });
    expect(broken({ oidcIssuer: "http://*" })).toRefuse("TRUST_INVALID", { path: "test/Trainer.cluster.oidcIssuer" });
    expect(broken({ oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/*" })).toRefuse("ARN_INVALID");
  });
});

describe("WorkloadIdentity", () => {
  test("holds what is granted, beside managed policies and within a boundary", () => {
    const stack = testStack();
    const before = new IamRole(stack, "Before", { assumeRolePolicy: "{}" });
    const identity = new WorkloadIdentity(stack, "Trainer", {
      cluster,
      namespace: "research",
      serviceAccount: "trainer",
      trust: WorkloadTrust.POD_IDENTITY,
      roleName: "Trainer",
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
      managedPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"],
      dependsOn: [before],
      customize: (role) => {
        role.maxSessionDuration = 7200;
      },
    });
    identity.allow({ actions: ["s3:GetObject"], resources: ["*"] });
    const json = synthStack(stack);
    expect(json).toHaveResource("aws_iam_role", {
      name: "Trainer",
      permissions_boundary: "arn:aws:iam::123456789012:policy/boundary",
      max_session_duration: 7200,
      depends_on: ["aws_iam_role.Before"],
    });
    const role = /^\$\{aws_iam_role\.Trainer_\w+\.name\}$/;
    expect(json).toHaveResource("aws_iam_role_policy", { name: "grants", role });
    const attachment = theResource(json, "aws_iam_role_policy_attachment");
    expect(attachment.address).toContain("Trainer_Managed-aws-policy-CloudWatchAgentServerPolicy_");
    expect(attachment.properties.role).toMatch(role);
  });

  test("attaches a managed policy once, at an address that does not depend on the order", () => {
    const arns = ["arn:aws:iam::aws:policy/A", "arn:aws:iam::123456789012:policy/A", "arn:aws:iam::aws:policy/A"];
    const addresses = (managedPolicyArns: string[]) =>
      Object.keys(synth({ managedPolicyArns }).resource.aws_iam_role_policy_attachment ?? {}).sort();
    expect(addresses(arns)).toHaveLength(2);
    expect(addresses([...arns].reverse())).toEqual(addresses(arns));
  });

  test.each([
    ["no namespace", { namespace: "" }],
    ["every namespace", { namespace: "*" }],
    ["a namespace pattern", { namespace: "team-?" }],
    ["a namespace with capitals", { namespace: "Research" }],
    ["a namespace of 64 characters", { namespace: "n".repeat(64) }],
    ["a namespace with a dot", { namespace: "a.b" }],
    ["no service account", { serviceAccount: "" }],
    ["every service account", { serviceAccount: "*" }],
    ["a service account with a colon", { serviceAccount: "a:b" }],
    ["a service account that ends with a dash", { serviceAccount: "a-" }],
  ])("refuses %s, by either trust", (_, more) => {
    for (const trust of Object.values(WorkloadTrust)) {
      const path = `test/Trainer.${String(Object.keys(more)[0])}`;
      expect(() => build({ trust, ...more })).toRefuse("TRUST_INVALID", { path });
    }
  });

  test("takes the service account names that Kubernetes takes", () => {
    for (const serviceAccount of ["a", "0", "serve.v1", "x".repeat(253)]) {
      expect(() => build({ serviceAccount })).not.toThrow();
    }
  });

  test.each([
    ["a cluster's name for its ARN", "ARN_INVALID", { cluster: { ...cluster, clusterArn: "prod" } }],
    ["a role for a boundary", "ARN_INVALID", { permissionsBoundaryArn: "arn:aws:iam::123456789012:role/boundary" }],
    ["a policy's name for its ARN", "ARN_INVALID", { managedPolicyArns: ["ReadOnlyAccess"] }],
    ["a role name of 65 characters", "NAME_INVALID", { roleName: "r".repeat(65) }],
  ] as const)("refuses %s", (_, code, more) => {
    expect(() => build(more)).toRefuse(code);
  });

  test("refuses an id that vanishes from addresses", () => {
    const props = { cluster, namespace: "a", serviceAccount: "b" };
    expect(() => new WorkloadIdentity(testStack(), "a.b", props)).toRefuse("ID_UNSAFE");
  });

  test("keeps a derived role name within the limit of IAM", () => {
    const stack = testStack();
    const props = { cluster, namespace: "a", serviceAccount: "b" };
    new WorkloadIdentity(stack, "T".repeat(90), props);
    expect(String(theResource(synthStack(stack), "aws_iam_role").properties.name)).toHaveLength(64);
  });
});
