/** Stands in for the compiled app: writes the stacks that `behaviour.json` beside it lists, as cdktf does. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const folder = dirname(process.argv[1]);
const behaviour = JSON.parse(readFileSync(join(folder, "behaviour.json"), "utf8"));
if (behaviour.synthFails) throw new Error("API_ACCESS_EMPTY");

const outdir = process.env.CDKTF_OUTDIR;
const stacks = {};
for (const [name, { dependencies = [], providers = { aws: { source: "hashicorp/aws" } }, backend }] of Object.entries(
  behaviour.stacks,
)) {
  stacks[name] = { name, dependencies };
  const stackFolder = join(outdir, "stacks", name);
  mkdirSync(join(stackFolder, "assets"), { recursive: true });
  writeFileSync(join(stackFolder, "assets", "runtime.bin"), new Uint8Array([0, 255, 10]));
  const local = { local: { path: `../../../state/${name}.tfstate` } };
  const terraform = { backend: backend ?? local, required_providers: providers };
  const context = process.env.CDKTF_CONTEXT_JSON;
  writeFileSync(join(stackFolder, "cdk.tf.json"), JSON.stringify({ "//": { context }, terraform }, undefined, 3));
}
writeFileSync(join(outdir, "manifest.json"), JSON.stringify({ stacks }));
