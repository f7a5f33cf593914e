import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EKS_VERSIONS } from "cdktf-ai-datacenter/catalog";
import { styleOf } from "../../tools/catalog/format";
import { upgradePage } from "../../tools/docs/upgrade-docs";

const ROOT = join(__dirname, "../..");
const style = styleOf(ROOT);
const page = readFileSync(join(ROOT, "docs/upgrades.md"), "utf8");

test("docs/upgrades.md is up to date with the catalog (npm run docs)", async () => {
  expect(page).toBe(await upgradePage(page, style));
  for (const version of Object.keys(EKS_VERSIONS)) expect(page).toContain(`| ${version} `);
});

test("a page without the markers is refused", async () => {
  await expect(upgradePage("# Upgrades", style)).rejects.toThrow("docs/upgrades.md: needs the lines");
});

test("the page tells the steps in their order", () => {
  const steps = ["Control plane", "Add-ons", "Images", "Operators"].map((step) => page.indexOf(`**${step}.**`));
  expect(steps.every((at) => at > 0)).toBe(true);
  expect([...steps].sort((a, b) => a - b)).toEqual(steps);
});
