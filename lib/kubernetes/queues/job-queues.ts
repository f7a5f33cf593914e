import { InvalidProps, safeId } from "../../core";
import { Construct } from "../../terraform/cdktf";
import type { PlacedObject } from "../target/renderer";
import { flavorManifest, topologyManifests } from "./flavor";
import type { JobQueuesProps } from "./job-queues-props";
import { KUEUE_GROUP } from "./labels";
import { clusterQueueManifest, cohortManifest, localQueueManifest, priorityManifests } from "./queue-manifests";
import { resolveJobQueues } from "./resolve-job-queues";

/**
 * The queues of a cluster, for Kueue 0.16 (API v1beta2): a ResourceFlavor for each pool, a ClusterQueue and a LocalQueue for each team, with
 * quotas in whole nodes, one Cohort within which idle nodes are lent, and three priorities.
 *
 * A team's own nodes are its own again as soon as it asks for them. What no team owns is lent to whoever asks, by weight
 * (`fairShareWeight`, with `kueueConfiguration`'s fair sharing). Quotas count `maxNodes` of a pool, also before the window of a Capacity
 * Block: until then jobs wait for nodes, in the queue if the pool is one of `topologyPools`, else as pending pods.
 */
export class JobQueues extends Construct {
  /** All objects, for `after` of what submits jobs. */
  public readonly placed: readonly PlacedObject[];
  /** Names of the pools whose jobs are placed by network topology. */
  public readonly topologyPools: readonly string[];

  /**
   * @throws InvalidProps API_GROUP_MISSING, KUBERNETES_NAME_INVALID, QUEUE_DUPLICATE, POOL_UNKNOWN, QUOTA_INVALID, QUOTA_OVER_CAPACITY,
   * TOPOLOGY_UNKNOWN, QUANTITY_INVALID
   */
  public constructor(scope: Construct, id: string, props: JobQueuesProps) {
    super(scope, safeId(id, `${scope.node.path}/${id}`));
    const { target, after = [] } = props;
    if (!target.has(KUEUE_GROUP)) {
      const allowed = `a cluster whose connection lists ${KUEUE_GROUP} among its API groups`;
      throw new InvalidProps("API_GROUP_MISSING", this.node.path, { got: target.connection.apiGroups, allowed });
    }
    const queues = resolveJobQueues(props, this.node.path);
    const { flavors, teams, cohort } = queues;
    const priorities = target.placeAll(this, priorityManifests());
    const topologies = target.placeAll(this, topologyManifests(flavors, queues.topologyLabelPrefix));
    const kinds = target.placeAll(this, flavors.map(flavorManifest), { after: topologies });
    const shared = target.placeAll(this, [cohortManifest(queues)], { after: kinds });
    const clusterQueues = target.placeAll(
      this,
      teams.map((team) => clusterQueueManifest(team, cohort)),
      { after: shared },
    );
    const localQueues = target.placeAll(this, teams.map(localQueueManifest), { after: [...after, ...clusterQueues] });
    this.placed = [...priorities, ...topologies, ...kinds, ...shared, ...clusterQueues, ...localQueues];
    this.topologyPools = flavors.filter(({ topologyLayers }) => topologyLayers !== undefined).map(({ name }) => name);
  }
}
