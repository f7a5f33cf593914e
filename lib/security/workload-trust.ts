import type { ClusterReference } from "../contracts";
import { checkArn, InvalidProps, whenKnown } from "../core";
import { Fn, Token } from "../terraform/cdktf";
import type { ResourceStatement } from "./policy-document";

/** How the pods of a service account become a role. */
export enum WorkloadTrust {
  /** EKS Pod Identity: an association in the cluster's API, no annotation, no OpenID Connect provider. Needs its agent add-on. */
  POD_IDENTITY = "pod-identity",
  /** IAM roles for service accounts: the cluster's OpenID Connect provider and an annotation. */
  IRSA = "irsa",
}

/** Who is trusted, and by whom. */
export interface TrustRequest {
  readonly trust: WorkloadTrust;
  readonly cluster: ClusterReference;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Account of the cluster. */
  readonly accountId: string;
}

/** Kubernetes, "Object Names and IDs", 2026: namespaces are DNS labels, service accounts DNS subdomains. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const CLUSTER_ARN = /^arn:[\w-]+:eks:[\w-]+:\d{12}:cluster\/[A-Za-z0-9][\w-]*$/;
const PROVIDER_ARN = /^arn:[\w-]+:iam::\d{12}:oidc-provider\/[\w./:-]+$/;

/**
 * The statement by which a role trusts exactly one service account of one cluster.
 *
 * Pod Identity: the role is bound to the cluster as the source of the request (`aws:SourceAccount`, `aws:SourceArn`) and to the
 * service account by the session tags that the service sets. Sources: AWS containers blog, "Amazon EKS Pod Identity: a new way
 * for applications on EKS to obtain IAM credentials", 2023; Amazon EKS user guide, "Create IAM role with trust policy required
 * by EKS Pod Identity", 2026.
 *
 * IRSA: subject and audience are compared, never matched by pattern. Source: Amazon EKS user guide, "Assign IAM roles to
 * Kubernetes service accounts", 2026.
 *
 * @throws InvalidProps TRUST_INVALID, ARN_INVALID
 */
export function resolveTrust(request: TrustRequest, at: string): ResourceStatement {
  checkName(request.namespace, DNS_LABEL, "one namespace: a DNS label of up to 63 characters", `${at}.namespace`);
  checkName(request.serviceAccount, DNS_SUBDOMAIN, "one service account: a DNS name", `${at}.serviceAccount`);
  checkArn(request.cluster.clusterArn, CLUSTER_ARN, "arn:aws:eks:…:cluster/…", `${at}.cluster.clusterArn`);
  return request.trust === WorkloadTrust.IRSA ? webIdentity(request, at) : podIdentity(request);
}

function podIdentity({ cluster, namespace, serviceAccount, accountId }: TrustRequest): ResourceStatement {
  return {
    sid: "PodIdentity",
    principals: { Service: "pods.eks.amazonaws.com" },
    actions: ["sts:AssumeRole", "sts:TagSession"],
    conditions: {
      StringEquals: {
        "aws:SourceAccount": accountId,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
      ArnEquals: { "aws:SourceArn": cluster.clusterArn },
    },
  };
}

function webIdentity({ cluster, namespace, serviceAccount }: TrustRequest, at: string): ResourceStatement {
  const { oidcProviderArn, oidcIssuer } = cluster;
  if (oidcProviderArn === undefined || oidcIssuer === undefined) {
    throw new InvalidProps("TRUST_INVALID", `${at}.cluster`, {
      got: { oidcProviderArn: oidcProviderArn ?? "none", oidcIssuer: oidcIssuer ?? "none" },
      allowed: "a cluster with oidcProviderArn and oidcIssuer, which IRSA needs",
      remedy: "Call cluster.enableIrsa() before, or use WorkloadTrust.POD_IDENTITY.",
    });
  }
  checkArn(oidcProviderArn, PROVIDER_ARN, "arn:aws:iam::…:oidc-provider/…", `${at}.cluster.oidcProviderArn`);
  const issuer = withoutScheme(oidcIssuer, `${at}.cluster.oidcIssuer`);
  return {
    sid: "WebIdentity",
    principals: { Federated: oidcProviderArn },
    actions: ["sts:AssumeRoleWithWebIdentity"],
    conditions: {
      StringEquals: {
        [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
        [`${issuer}:aud`]: "sts.amazonaws.com",
      },
    },
  };
}

/** Condition keys name the issuer by host and path. */
function withoutScheme(issuer: string, at: string): string {
  if (Token.isUnresolved(issuer)) return Token.asString(Fn.replace(issuer, "https://", ""));
  const match = /^(?:https:\/\/)?([a-z0-9.-]+(?:\/[\w./-]+)?)$/i.exec(issuer);
  if (!match)
    throw new InvalidProps("TRUST_INVALID", at, { got: issuer, allowed: "an issuer such as https://host/id/…" });
  return match[1] as string;
}

function checkName(name: string, pattern: RegExp, allowed: string, at: string): void {
  whenKnown(name, (known) => {
    if (!pattern.test(known)) throw new InvalidProps("TRUST_INVALID", at, { got: known, allowed });
  });
}
