import type { AwsCli } from "./aws-cli";
import { AwsRefusal } from "./aws-failure";
import type { LiveCluster } from "./cluster";
import type { DoctorFinding } from "./finding";
import { type Address, type Probes, Unreachable } from "./probes";

/** How the API of a cluster is come by. */
export interface Way {
  readonly stage: string;
  /** Near end of a tunnel. @default - the cluster's own address */
  readonly tunnel?: Address;
  /** Stack with a host for tunnels. @default - the stage has none */
  readonly accessHost?: string;
}

/** Version of the credential protocol that Terraform's Kubernetes provider is told to expect. */
const EXEC_VERSION = "client.authentication.k8s.io/v1beta1";
/** Answered to whoever has logged in, and to nobody else. */
const LOGIN_PATH = "/api";

const NAME = /^(ENOTFOUND|EAI_AGAIN)$/;
const CERTIFICATE = /CERT|SIGNATURE|^ERR_SSL|^ERR_TLS|^EPROTO$/;

/** Whether the API answers, as the server that EKS names. Any answer is one: also that it wants to know who asks. */
export async function checkApi(probes: Probes, cluster: LiveCluster, way: Way): Promise<DoctorFinding> {
  const { name: about, endpoint, caData } = cluster;
  const base = { check: "api", about } as const;
  try {
    const status = await probes.ask({ endpoint, caData, path: "/readyz", tunnel: way.tunnel });
    if (status < 500)
      return { ...base, status: "ok", message: `${endpoint} answers (readyz: ${status})${through(way)}` };
    const message = `${endpoint} is reached and not ready (readyz: ${status})`;
    return { ...base, status: "trouble", message, remedy: "Wait a minute; if it stays so, ask AWS support." };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const { message, remedy } = explainApi(error.code, cluster, way, probes.env.HTTPS_PROXY ?? probes.env.https_proxy);
    return { ...base, status: "trouble", message, remedy };
  }
}

function explainApi(
  code: string,
  cluster: LiveCluster,
  way: Way,
  proxy?: string,
): { readonly message: string; readonly remedy: string } {
  const { endpoint } = cluster;
  if (CERTIFICATE.test(code)) {
    return {
      message: `what answers for ${endpoint} does not prove to be it (${code})`,
      remedy:
        way.tunnel === undefined
          ? "Something on the way, such as a proxy, answers in its place: take another way, or except the name."
          : "The tunnel leads elsewhere: start it with this cluster's host, or end one that is left over.",
    };
  }
  if (way.tunnel !== undefined) {
    const { host, port } = way.tunnel;
    return {
      message: `no tunnel answers on ${host}:${port} (${code})`,
      remedy: `Start it: ${tunnelCommand(endpoint)}`,
    };
  }
  const message = NAME.test(code)
    ? `the name of ${endpoint} is not found (${code})`
    : `${endpoint} is not reached (${code})`;
  const unused = proxy === undefined ? "" : " HTTPS_PROXY is set, and this check does not use it: Terraform does.";
  return { message, remedy: `${wayIn(cluster, way)}${unused}` };
}

function wayIn({ endpoint, isPublic, publicRanges }: LiveCluster, { stage, accessHost }: Way): string {
  if (isPublic) {
    const ranges = publicRanges.length === 0 ? "no range that EKS names" : publicRanges.join(", ");
    return `Its public address lets ${ranges} in: come from there, or put your range into apiAccess of the stage.`;
  }
  const inside = "The API is private: run this inside of its network (a runner, a VPN)";
  if (accessHost === undefined) return `${inside}, or give the stage an accessHost to tunnel through.`;
  return (
    `${inside}, or tunnel through the access host (output accessHost of ${accessHost}): ${tunnelCommand(endpoint)}; ` +
    `then: aidc doctor ${stage} --tunnel localhost:8443`
  );
}

function tunnelCommand(endpoint: string): string {
  return (
    'aws ssm start-session --target "$ACCESS_HOST" --document-name AWS-StartPortForwardingSessionToRemoteHost ' +
    `--parameters host=${new URL(endpoint).hostname},portNumber=443,localPortNumber=8443`
  );
}

function through({ tunnel }: Way): string {
  return tunnel === undefined ? "" : `, through ${tunnel.host}:${tunnel.port}`;
}

/** Whether the cluster lets in who deploys. The token is got as Terraform gets it, and shown to nobody but the cluster. */
export async function checkAccess(
  probes: Probes,
  aws: AwsCli,
  cluster: LiveCluster,
  arn: string,
  { tunnel }: Way,
): Promise<DoctorFinding> {
  const { name: about, endpoint, caData } = cluster;
  const base = { check: "access", about } as const;
  try {
    const { apiVersion, token } = await aws.token(about);
    if (apiVersion !== EXEC_VERSION) {
      const message = `aws eks get-token answers as ${apiVersion}, and Terraform expects ${EXEC_VERSION}`;
      return { ...base, status: "trouble", message, remedy: "Bring the AWS CLI up to date." };
    }
    const status = await probes.ask({ endpoint, caData, tunnel, token, path: LOGIN_PATH });
    if (status === 401) {
      const remedy = "Put the ARN of its role into deployers or admins of the stage, and deploy the cluster's stack.";
      return { ...base, status: "trouble", message: `the cluster does not let ${arn} in (401)`, remedy };
    }
    if (status === 200 || status === 403) return { ...base, status: "ok", message: `the cluster knows ${arn}` };
    const message = `the cluster answered ${status} to ${LOGIN_PATH}, so nobody can tell`;
    return { ...base, status: "trouble", message, remedy: "Try again in a minute." };
  } catch (error) {
    if (error instanceof AwsRefusal)
      return { ...base, status: "trouble", message: error.message, remedy: error.remedy };
    if (!(error instanceof Unreachable)) throw error;
    const message = `the cluster fell silent (${error.code})`;
    return { ...base, status: "trouble", message, remedy: "Try again in a minute." };
  }
}
