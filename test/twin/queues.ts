import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JobQueues, kubeconfigConnection, KubernetesTarget, Renderers } from "cdktf-ai-datacenter/kubernetes";
import { testApp, testStack } from "cdktf-ai-datacenter/testing";
import { parse } from "yaml";
import type { PoolProfile } from "../../lib/contracts/pool";
import type { ApiObject } from "../../tools/kubernetes/api-client";

/** A queue refers to what has to be there before: the webhooks look. */
const ORDER = ["Topology", "ResourceFlavor", "Cohort", "ClusterQueue", "LocalQueue"];

/** The objects of `JobQueues` for one team, whose namespace they do not make. */
export function queuesOf(team: string, pool: PoolProfile): readonly ApiObject[] {
  const directory = mkdtempSync(join(tmpdir(), "aidc-twin-queues-"));
  const app = testApp();
  const stack = testStack({ app });
  const connection = kubeconfigConnection({ kubernetesVersion: "1.35", apiGroups: ["kueue.x-k8s.io"] });
  const target = new KubernetesTarget(stack, "Kubernetes", { connection, renderer: Renderers.files({ directory }) });
  new JobQueues(stack, "Queues", { target, pools: [pool], teams: [{ name: team }] });
  app.synth();
  const names = readdirSync(directory).filter((name) => name.endsWith(".yaml"));
  const objects = names.map((name) => parse(readFileSync(join(directory, name), "utf8")) as ApiObject);
  rmSync(directory, { recursive: true });
  return objects.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
