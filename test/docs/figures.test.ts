import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addressesOf } from "cdktf-ai-datacenter/testing";
import { synthStages } from "../snapshot/stacks";

const stacks = synthStages();

test.each(["README.md", "docs/embedded-cloud.md"])(
  "the resources that %s counts are those of the prod stage",
  (file) => {
    const text = readFileSync(join(__dirname, "../..", file), "utf8");
    const rows = [...text.matchAll(/^(prod-[a-z]+) +(\d+) /gm)].map(([, stack, count]) => [stack, Number(count)]);
    const counted = ["prod-foundation", "prod-data", "prod-cluster"].map((id) => {
      const addresses = addressesOf(stacks[id] as (typeof stacks)[string]);
      return [id, addresses.filter((address) => !address.startsWith("data.")).length];
    });
    expect(rows).toEqual(counted);
    const sum = counted.reduce((total, [, count]) => total + Number(count), 0);
    expect(text).toContain(`${sum} resources in 3 stacks`);
  },
);
