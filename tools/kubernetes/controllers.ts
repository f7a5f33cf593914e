import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import type { ApiObject } from "./api-client";
import { OperatorChart, Program } from "./binaries";
import type { ControlPlane } from "./control-plane";
import { readManifests, renderChart } from "./helm";
import { install, installCrds, webhookServer, type WebhookServer } from "./installation";
import { freePorts, type Service } from "./processes";

/** A controller that is told by a configuration file where to listen. */
interface Operator {
  readonly name: string;
  readonly namespace: string;
  readonly chart: OperatorChart;
  readonly program: Program;
  readonly webhookService: string;
  readonly configuration: (listening: object, server: WebhookServer) => object;
}

const JOBSET: Operator = {
  name: "jobset",
  namespace: "jobset-system",
  chart: OperatorChart.JOBSET,
  program: Program.JOBSET,
  webhookService: "jobset-webhook-service",
  configuration: (listening) => ({
    apiVersion: "config.jobset.x-k8s.io/v1alpha1",
    kind: "Configuration",
    ...listening,
    internalCertManagement: { enable: false },
  }),
};

const LEADER_WORKER_SET: Operator = {
  name: "lws",
  namespace: "lws-system",
  chart: OperatorChart.LEADER_WORKER_SET,
  program: Program.LEADER_WORKER_SET,
  webhookService: "lws-webhook-service",
  configuration: (listening) => ({
    apiVersion: "config.lws.x-k8s.io/v1alpha1",
    kind: "Configuration",
    ...listening,
    internalCertManagement: { enable: false },
  }),
};

/** The settings of Kueue that tests change; whatever says where it listens is set here. */
const KUEUE_DEFAULTS = { integrations: { frameworks: ["batch/job", "jobset.x-k8s.io/jobset"] } };

/**
 * JobSet 0.10.1 with its webhooks, by the rights that its chart gives it.
 * @param values for its chart @default - the chart's own
 */
export async function startJobSet(plane: ControlPlane, values: object = {}): Promise<Service> {
  return startOperator(plane, JOBSET, values);
}

/**
 * LeaderWorkerSet 0.7.0 with its webhooks, by the rights that its chart gives it.
 * @param values for its chart @default - the chart's own
 */
export async function startLeaderWorkerSet(plane: ControlPlane, values: object = {}): Promise<Service> {
  return startOperator(plane, LEADER_WORKER_SET, values);
}

/**
 * Kueue 0.16.1 with its webhooks, by the rights that its chart gives it. Start JobSet before, if jobs are to be JobSets.
 * @param configuration as in the chart's value `managerConfig.controllerManagerConfigYaml`, parsed; what it says of addresses and leader
 * election is ignored @default - Jobs and JobSets that name a queue
 * @param values for its chart @default - the chart's own
 */
export async function startKueue(
  plane: ControlPlane,
  configuration: object = KUEUE_DEFAULTS,
  values: object = {},
): Promise<Service> {
  const { featureGates = {} } = configuration as { readonly featureGates?: object };
  const operator: Operator = {
    name: "kueue",
    namespace: "kueue-system",
    chart: OperatorChart.KUEUE,
    program: Program.KUEUE,
    webhookService: "kueue-webhook-service",
    configuration: (listening) => ({
      ...configuration,
      apiVersion: "config.kueue.x-k8s.io/v1beta2",
      kind: "Configuration",
      namespace: "kueue-system",
      ...listening,
      // Off, it would read the certificate of its metrics from a fixed folder of the system. On, it takes the one in its secret, which is ours.
      internalCertManagement: {
        enable: true,
        webhookServiceName: "kueue-webhook-service",
        webhookSecretName: "kueue-webhook-server-cert",
      },
      // An API of its own behind a service, which the API server could not reach.
      featureGates: { ...featureGates, VisibilityOnDemand: false },
    }),
  };
  return startOperator(plane, operator, values);
}

async function startOperator(plane: ControlPlane, operator: Operator, values: object): Promise<Service> {
  const { name, namespace } = operator;
  const [port = 0, health = 0] = await freePorts(2);
  const server = webhookServer(plane, name, port, `${operator.webhookService}.${namespace}.svc`);
  const chart = plane.binaries.chart(operator.chart);
  const objects = renderChart(plane.binaries, chart, { release: name, namespace, values });
  await install(plane.client, namespace, objects, server);
  const listening = {
    health: { healthProbeBindAddress: `127.0.0.1:${health}` },
    metrics: { bindAddress: "0" },
    webhook: { host: "127.0.0.1", port, certDir: server.certificates },
    leaderElection: { leaderElect: false },
    clientConnection: { qps: 500, burst: 1000 },
  };
  const file = join(plane.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(operator.configuration(listening, server)));
  const service = plane.launch(name, operator.program, {
    args: [`--config=${file}`],
    env: { KUBECONFIG: plane.kubeconfigAs(`system:serviceaccount:${namespace}:${serviceAccount(objects)}`) },
  });
  await plane.waitUntil(service, name, () => answers(health, "/readyz"));
  return service;
}

function serviceAccount(objects: readonly ApiObject[]): string {
  return objects.find(({ kind }) => kind === "ServiceAccount")?.metadata.name ?? "default";
}

/**
 * Karpenter's core with its provider of fake nodes: it makes Node objects where the real one would start instances.
 * @param instanceTypes what there is to choose from; see `karpenterInstanceType`
 */
export async function startKarpenter(plane: ControlPlane, instanceTypes: readonly object[]): Promise<Service> {
  const folder = plane.binaries.karpenterKwokCrds;
  const crds = readdirSync(folder).flatMap((name) => readManifests(readFileSync(join(folder, name), "utf8")));
  await installCrds(plane.client, crds);
  const types = join(plane.folder, "instance-types.json");
  writeFileSync(types, JSON.stringify(instanceTypes));
  const [metrics = 0, health = 0] = await freePorts(2);
  const service = plane.launch("karpenter", Program.KARPENTER_KWOK, {
    args: [],
    env: {
      KUBECONFIG: plane.kubeconfigPath,
      SYSTEM_NAMESPACE: "kube-system",
      DISABLE_LEADER_ELECTION: "true",
      INSTANCE_TYPES_FILE_PATH: types,
      // It listens on all interfaces and cannot be told otherwise (karpenter v1.12.1 pkg/operator/operator.go), so at least on ports that nobody
      // expects, and only while a test runs. Neither endpoint takes orders.
      METRICS_PORT: String(metrics),
      HEALTH_PROBE_PORT: String(health),
    },
  });
  await plane.waitUntil(service, "karpenter", () => answers(health, "/readyz"));
  return service;
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = get({ host: "127.0.0.1", port, path, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.once("timeout", () => call.destroy());
    call.once("error", () => resolve(false));
  });
}
