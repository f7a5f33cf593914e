import { checkedCatalog, inOrder, isComplete } from "../../tools/catalog/data";
import { styleOf } from "../../tools/catalog/format";
import { catalogModule } from "../../tools/catalog/generate";
import { catalogPage } from "../../tools/catalog/page";
import { dataFile, fileText, ROOT } from "./data-file";

const style = styleOf(ROOT);

test("the generated module is that of the data (npm run catalog)", async () => {
  const module = await catalogModule(dataFile(), style);
  expect(module === fileText("lib/catalog/instance-types.generated.ts")).toBe(true);
});

test("the tables of docs/catalog.md are those of the data (npm run catalog)", async () => {
  const page = fileText("docs/catalog.md");
  expect(await catalogPage(page, dataFile(), style)).toBe(page);
});

test("the order of rows in the data file changes nothing", async () => {
  const data = dataFile();
  const reversed = { ...data, instanceTypes: [...data.instanceTypes].reverse() };
  expect((await catalogModule(reversed, style)) === (await catalogModule(data, style))).toBe(true);
});

test("sorts by family, then by size: 2xlarge before 16xlarge", () => {
  const names = inOrder(dataFile().instanceTypes).map(({ instanceType }) => instanceType);
  expect(names.filter((name) => name.startsWith("g5g."))).toEqual([
    "g5g.xlarge",
    "g5g.2xlarge",
    "g5g.4xlarge",
    "g5g.8xlarge",
    "g5g.16xlarge",
    "g5g.metal",
  ]);
});

test("leaves out what a row does not state, and the extra fields of incomplete rows", async () => {
  const [row] = dataFile().instanceTypes.filter(({ instanceType }) => instanceType === "p5.48xlarge");
  const incomplete = { ...row, incomplete: "Not yet known.", capacityKinds: [], prices: [] };
  const text = await catalogModule({ ...dataFile(), instanceTypes: [incomplete] }, style);
  expect(text).toContain('reason: "Not yet known."');
  for (const field of ["capacityKinds:", "prices:", "networkCards:", "undefined", "null"]) {
    expect(text).not.toContain(field);
  }
});

test("writes text from the data as text, whatever stands in it", async () => {
  const data = dataFile();
  const [first] = data.instanceTypes.filter((row) => !isComplete(row));
  const reason = 'quotes " and ` and ${braces} and \\ and\nlines';
  const text = await catalogModule({ ...data, instanceTypes: [{ ...first, incomplete: reason }] }, style);
  const literal = /reason:\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/.exec(text)?.[1] ?? "";
  expect(new Function(`return ${literal}`)()).toBe(reason);
});

test("refuses a page without the markers of its tables", async () => {
  await expect(catalogPage("# Catalog\n", dataFile(), style)).rejects.toThrow(/needs the lines/);
});

test("accepts the data file", () => {
  const data = dataFile();
  expect(checkedCatalog(data)).toBe(data);
});
