import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
const text = readFileSync(join(ROOT, "docs/preflight.md"), "utf8");

test("the documented policy names exactly the actions that are used", () => {
  const source = readFileSync(join(ROOT, "lib/cli/preflight/sdk-cloud.ts"), "utf8");
  const used = [...source.matchAll(/"((?:ec2|servicequotas|resource-groups|sts):\w+)"/g)].map(([, action]) => action);
  const policy = JSON.parse(/```json\n(\{\s+"Version"[^]*?)```/.exec(text)?.[1] ?? "{}") as {
    readonly Statement: readonly { readonly Action: readonly string[] }[];
  };
  expect(policy.Statement.flatMap(({ Action }) => Action)).toEqual([...new Set(used)].sort());
  for (const action of used) expect(action).toMatch(/:(Describe|Get|List)/);
});

test("the documented installation names the peers of the package", () => {
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  const peers = Object.keys(peerDependencies).filter((name) => name.startsWith("@aws-sdk/"));
  expect(text).toContain(`npm install --save-dev ${peers.map((name) => `${name}@3`).join(" ")}\n`);
});
