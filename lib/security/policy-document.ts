import type { PolicyStatement } from "../contracts";
import { jsonText } from "../terraform/json-text";

/** Who a resource policy speaks of, by kind: `{ Service: "logs.amazonaws.com" }`, `{ AWS: arn }`, or everyone. */
export type Principals = Readonly<Record<string, string | readonly string[]>> | "*";

/** A statement of a resource policy or a trust policy. */
export interface ResourceStatement {
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  readonly principals: Principals;
  readonly actions: readonly string[];
  /** @default - none, as in trust policies */
  readonly resources?: readonly string[];
  readonly conditions?: PolicyStatement["conditions"];
}

/** The JSON text of a policy that stands on a resource, or of a role's trust. */
export function resourcePolicy(statements: readonly ResourceStatement[]): string {
  const rendered = statements.map(({ sid, effect = "Allow", principals, actions, resources, conditions }) => ({
    Sid: sid,
    Effect: effect,
    Principal: principals,
    Action: oneOrMany(actions),
    Resource: resources && oneOrMany(resources),
    Condition: conditions,
  }));
  return jsonText({ Version: "2012-10-17", Statement: rendered });
}

/** The JSON text of a policy that stands on a role. */
export function identityPolicy(statements: readonly PolicyStatement[]): string {
  const rendered = statements.map(({ sid, actions, resources, conditions }) => ({
    Sid: sid,
    Effect: "Allow",
    Action: oneOrMany(actions),
    Resource: oneOrMany(resources),
    Condition: conditions,
  }));
  return jsonText({ Version: "2012-10-17", Statement: rendered });
}

/** On whose behalf a service may assume a role: without it, a service could be talked into acting for a stranger. */
export interface TrustSource {
  readonly accountId: string;
  /** Pattern of the resource's ARN. */
  readonly arn: string;
}

/** The trust of a role that a service assumes. @param source for services that say on whose behalf they act */
export function serviceTrust(service: string, source?: TrustSource): string {
  const conditions = source && {
    StringEquals: { "aws:SourceAccount": source.accountId },
    ArnLike: { "aws:SourceArn": source.arn },
  };
  return resourcePolicy([{ sid: "Assume", principals: { Service: service }, actions: ["sts:AssumeRole"], conditions }]);
}

/** IAM gives a list of one back as a string; writing it so keeps plans free of differences. */
function oneOrMany(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] as string) : values;
}
