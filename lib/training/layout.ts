import { InvalidProps } from "../core";
import type { CompleteLaunchSpec } from "./launch-spec";

/** How many processes share what; their product is the number of processes. */
export interface Layout {
  readonly replicate: number;
  readonly shard: number;
  readonly tensor: number;
}

/** Dimensions for so many processes, as the runtime's `layout_of` computes them; undefined where they do not divide it. */
export function layoutOf(parallel: CompleteLaunchSpec["parallel"], processes: number): Layout | undefined {
  const { strategy, tensor } = parallel;
  const replicate = parallel.replicate === "auto" ? undefined : parallel.replicate;
  const shard = parallel.shard === "auto" ? undefined : parallel.shard;
  const layout = dimensions();
  return layout.replicate * layout.shard * layout.tensor === processes ? layout : undefined;

  function dimensions(): Layout {
    if (strategy === "ddp") return { replicate: replicate ?? processes, shard: 1, tensor };
    if (shard === undefined) {
      const copies = replicate ?? 1;
      return { replicate: copies, shard: Math.floor(processes / (copies * tensor)), tensor };
    }
    return { replicate: replicate ?? Math.max(1, Math.floor(processes / (shard * tensor))), shard, tensor };
  }
}

/** Who takes part. */
export interface Processes {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly perNode: number;
}

/**
 * The layout on the fewest nodes, after a look at all numbers of nodes that the job may come to have.
 * @throws InvalidProps TRAINING_PARALLEL_INVALID, TRAINING_BATCH_INVALID
 */
export function checkedLayout(spec: CompleteLaunchSpec, processes: Processes, at: string): Layout {
  const { minNodes, maxNodes, perNode } = processes;
  const { tensor } = spec.parallel;
  if (perNode % tensor !== 0) {
    const allowed = `a divisor of ${perNode}, the processes of a node: the devices that share a matrix talk all the time`;
    throw new InvalidProps("TRAINING_PARALLEL_INVALID", `${at}.parallel.tensor`, { got: tensor, allowed });
  }
  const counts = Array.from({ length: maxNodes - minNodes + 1 }, (_, index) => minNodes + index);
  const layouts = counts.map((nodes) => checkedFor(spec, nodes, perNode, at));
  const [least] = layouts;
  const most = layouts.at(-1);
  if (least === undefined || most === undefined) throw new Error("a job has nodes");
  const devices = most.replicate * most.shard;
  const { global_batch: batch } = spec.train;
  if (batch < devices) {
    const allowed = `at least ${devices}, one for each data-parallel device`;
    throw new InvalidProps("TRAINING_BATCH_INVALID", `${at}.train.global_batch`, { got: batch, allowed });
  }
  return least;
}

function checkedFor(spec: CompleteLaunchSpec, nodes: number, perNode: number, at: string): Layout {
  const layout = layoutOf(spec.parallel, nodes * perNode);
  if (layout !== undefined) return layout;
  const { replicate, shard, tensor } = spec.parallel;
  const allowed = `replicate x shard x tensor = ${nodes * perNode}, the processes of ${nodes} nodes with ${perNode} each`;
  throw new InvalidProps("TRAINING_PARALLEL_INVALID", `${at}.parallel`, { got: { replicate, shard, tensor }, allowed });
}
