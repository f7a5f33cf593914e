import { InvalidProps } from "../core";
import type { CompleteLaunchSpec } from "./launch-spec";

interface Contradiction {
  readonly path: string;
  readonly got: unknown;
  readonly allowed: string;
}

type Rule = (spec: CompleteLaunchSpec) => Contradiction | undefined;

/** What a schema cannot say, member for member as in `aidc_runtime/config/spec.py`; a test holds both to the same golden files. */
const RULES: readonly Rule[] = [
  ({ model: { import_path: path, config, weights } }) =>
    isSet(path) && (isSet(config) || isSet(weights))
      ? { path: "model.import_path", got: path, allowed: "import_path alone, without config and weights" }
      : undefined,
  ({ model: { import_path: path, config, weights } }) =>
    isSet(path) || isSet(config) || isSet(weights)
      ? undefined
      : { path: "model", got: undefined, allowed: "one of config, weights and import_path" },
  ({ model: { config } }) =>
    isSet(config) && !("model_type" in config)
      ? { path: "model.config.model_type", got: undefined, allowed: "a model type, such as llama or bert" }
      : undefined,
  ({ parallel: { strategy, shard } }) =>
    strategy === "ddp" && shard !== 1 && shard !== "auto"
      ? { path: "parallel.shard", got: shard, allowed: "1 or auto: ddp shards nothing" }
      : undefined,
  ({ parallel: { strategy, tensor } }) =>
    strategy === "ddp" && tensor !== 1
      ? { path: "parallel.tensor", got: tensor, allowed: "1: tensor parallelism needs the fsdp strategy" }
      : undefined,
  ({ parallel: { strategy, gradient_compression: compression } }) =>
    strategy !== "ddp" && compression !== "none"
      ? { path: "parallel.gradient_compression", got: compression, allowed: "none: others need the ddp strategy" }
      : undefined,
  ({ resilience: { min_nodes: least, max_nodes: most } }) =>
    least > most ? { path: "resilience.min_nodes", got: least, allowed: `at most max_nodes, ${most}` } : undefined,
  ({ data: { pack }, task: { name } }) =>
    pack && name !== "causal_lm"
      ? { path: "data.pack", got: pack, allowed: "false: packing is for causal_lm" }
      : undefined,
  ({ schedule: { warmup_steps: warmup, decay_steps: decay }, train: { steps } }) =>
    warmup + decay > steps
      ? {
          path: "schedule",
          got: warmup + decay,
          allowed: `warmup_steps and decay_steps of at most train.steps, ${steps}`,
        }
      : undefined,
  ({ model: { lora }, parallel: { tensor } }) =>
    isSet(lora) && tensor > 1
      ? { path: "parallel.tensor", got: tensor, allowed: "1 with model.lora: its adapters go with shard" }
      : undefined,
  ({ train: { balance }, parallel: { strategy } }) =>
    balance === "measured" && strategy !== "ddp"
      ? { path: "train.balance", got: balance, allowed: "even: where weights are sharded, all wait for all" }
      : undefined,
];

/** @throws InvalidProps LAUNCH_SPEC_INVALID */
export function refuseContradictions(spec: CompleteLaunchSpec, at: string): void {
  for (const rule of RULES) {
    const found = rule(spec);
    if (found === undefined) continue;
    const { path, ...refusal } = found;
    throw new InvalidProps("LAUNCH_SPEC_INVALID", `${at}.${path}`, refusal);
  }
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
