import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addressesOf } from "cdktf-ai-datacenter/testing";
import { synthStages } from "./stacks";

/**
 * Addresses are public API: one that changes makes Terraform destroy and recreate what people run. A refactor carries its
 * `moved` block; then `AIDC_UPDATE_LEDGER=1 npm run jest -- ledger` records the new addresses.
 */
const LEDGER = join(__dirname, "addresses.json");

test("keeps every address of the reference stacks", () => {
  const stacks = synthStages();
  const found = Object.fromEntries(Object.entries(stacks).map(([id, stack]) => [id, addressesOf(stack)]));
  if (process.env.AIDC_UPDATE_LEDGER === "1") writeFileSync(LEDGER, `${JSON.stringify(found, null, 2)}\n`);
  const recorded = JSON.parse(readFileSync(LEDGER, "utf8")) as Record<string, string[]>;
  for (const [id, addresses] of Object.entries(recorded)) {
    const moved = (stacks[id]?.moved ?? []).map(({ from }) => from);
    const lost = addresses.filter((address) => !found[id]?.includes(address) && !moved.includes(address));
    expect({ stack: id, lost }).toEqual({ stack: id, lost: [] });
  }
  expect(found).toEqual(recorded);
});
