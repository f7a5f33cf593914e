import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loopback } from "./environment";
import { RunFailed } from "./failures";
import type { SynthesizedStack } from "./synthesis";

/** vCPUs that the pools of a stage need of a quota at their most. */
export interface QuotaNeed {
  readonly region: string;
  readonly code: string;
  readonly name: string;
  readonly vcpus: number;
}

interface StackJson {
  readonly provider?: { readonly aws?: readonly { readonly region?: string }[] };
  readonly "//"?: {
    readonly aidc?: {
      readonly pools?: Readonly<
        Record<
          string,
          { readonly quotaCode?: string; readonly quotaName?: string; vcpusPerNode: number; maxNodes: number }
        >
      >;
    };
  };
}

/** What the pools of the stacks need, by region and quota. */
export function quotaNeeds(stacks: readonly SynthesizedStack[]): QuotaNeed[] {
  const needs = new Map<string, QuotaNeed>();
  for (const { folder } of stacks) {
    const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as StackJson;
    const region = json.provider?.aws?.[0]?.region ?? "us-east-1";
    for (const { quotaCode: code, quotaName: name = "", ...pool } of Object.values(json["//"]?.aidc?.pools ?? {})) {
      if (code === undefined) continue;
      const key = `${region} ${code}`;
      const vcpus = (needs.get(key)?.vcpus ?? 0) + pool.vcpusPerNode * pool.maxNodes;
      needs.set(key, { region, code, name, vcpus });
    }
  }
  return [...needs.values()];
}

/**
 * Asks the emulated account for higher quotas, as its owner would: a new account has none for accelerators, and the plan of a pool
 * fails on that. The emulator approves at once.
 */
export async function raiseQuotas(url: string, needs: readonly QuotaNeed[]): Promise<void> {
  for (const { region, code, vcpus } of needs) {
    const quota = { ServiceCode: "ec2", QuotaCode: code };
    const { Quota } = (await call(url, region, "GetServiceQuota", quota)) as { Quota: { Value: number } };
    if (Quota.Value >= vcpus) continue;
    await call(url, region, "RequestServiceQuotaIncrease", { ...quota, DesiredValue: vcpus });
  }
}

async function call(url: string, region: string, action: string, body: object): Promise<unknown> {
  const answer = await fetch(loopback(url), {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `ServiceQuotasV20190624.${action}`,
      // The emulator takes service and region from the scope, and checks no signature.
      Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/servicequotas/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new RunFailed(`the emulator refused ${action} (HTTP ${answer.status})`, [await answer.text()]);
  return answer.json();
}
