/**
 * Stands in for Terraform. Called with a folder first, in which `behaviour.json` says what goes wrong and `calls.jsonl` collects
 * what was asked, by whom and with which environment.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setInterval } from "node:timers";

const [folder, ...args] = process.argv.slice(2);
const stack = basename(process.cwd());
const behaviour = JSON.parse(readFileSync(join(folder, "behaviour.json"), "utf8"));
appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify({ stack, args, env: process.env })}\n`);

const emit = (event) => console.log(JSON.stringify(event));
const resource = { addr: `aws_thing.${stack}` };
const change = (action) => emit({ type: "planned_change", change: { resource, action } });
const state = join(process.cwd(), "applied");

const commands = {
  init: () => console.log("Terraform has been successfully initialized!"),
  plan() {
    const applied = existsSync(state);
    const drift = applied && behaviour.drift === stack;
    if (drift) change("update");
    if (!applied) change("create");
    const changes = { operation: "plan", add: applied ? 0 : 1, change: drift ? 1 : 0, remove: 0 };
    emit({ type: "change_summary", changes });
  },
  apply() {
    emit({ type: "apply_start", hook: { resource, action: "create" } });
    if (behaviour.hangs === stack) return setInterval(() => undefined, 1000);
    if (behaviour.fails === stack) {
      const diagnostic = {
        severity: "error",
        summary: "creating thing",
        detail: "no thing left",
        address: resource.addr,
      };
      emit({ type: "diagnostic", diagnostic });
      process.exit(1);
    }
    emit({ type: "apply_complete", hook: { resource, action: "create" } });
    emit({ type: "outputs", outputs: { arn: { value: `arn:${stack}` }, secret: { sensitive: true } } });
    const more = behaviour.resources ?? [];
    writeFileSync(state, [`data.aws_region.here`, resource.addr, ...more].join("\n"));
  },
  show: () => console.log("# aws_thing will be updated in-place"),
  state() {
    if (args[1] === "list") return existsSync(state) && console.log(readFileSync(state, "utf8"));
    const rest = readFileSync(state, "utf8").split("\n");
    return writeFileSync(state, rest.filter((line) => !args.includes(line)).join("\n"));
  },
  destroy: () => behaviour.leaves !== stack && rmSync(state, { force: true }),
};
commands[args[0]]();
