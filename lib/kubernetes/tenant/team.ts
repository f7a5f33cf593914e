import { InvalidProps } from "../../core";
import { checkLabelName } from "../gang/names";

/** Label of a team's namespace: its value is the team's name. Kueue manages all jobs of namespaces that carry it. */
export const TEAM_LABEL = "aidc/team";

const PREFIX = "team-";

/** Namespaces that belong to Kubernetes. */
const RESERVED = /^(default$|kube-)/;

/** The namespace of a team, unless it names another. */
export function teamNamespace(team: string): string {
  return `${PREFIX}${team}`;
}

/**
 * Refuses names from which no namespace can be made, and namespaces that are Kubernetes' own.
 * @throws InvalidProps KUBERNETES_NAME_INVALID
 */
export function checkTeam(name: string, namespace: string, at: string): void {
  checkLabelName(name, `${at}.name`, 63 - PREFIX.length);
  checkLabelName(namespace, `${at}.namespace`);
  if (!RESERVED.test(namespace)) return;
  const allowed = 'a namespace of the team\'s own: "default" and "kube-…" belong to Kubernetes';
  throw new InvalidProps("KUBERNETES_NAME_INVALID", `${at}.namespace`, { got: namespace, allowed });
}
