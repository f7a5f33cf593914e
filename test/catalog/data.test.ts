import { checkedCatalog, type InstanceRow } from "../../tools/catalog/data";
import { dataFile, rowOf } from "./data-file";

/** Checks the data file with one row more; a field that is undefined is left out. */
function check(instanceType: string, changes: Readonly<Record<string, unknown>>): void {
  const changed: unknown = JSON.parse(JSON.stringify({ ...rowOf(instanceType), ...changes }));
  const data = dataFile();
  const others = data.instanceTypes.filter((row) => row.instanceType !== instanceType);
  checkedCatalog({ ...data, instanceTypes: [...others, changed as InstanceRow] });
}

test("accepts a row as it is", () => {
  expect(() => check("p5.48xlarge", {})).not.toThrow();
});

const price = { purchase: "on-demand", usdPerHour: 55.04, region: "us-east-1", date: "2026-07-20" };

test.each([
  ["an unknown field", { gpus: 8 }, /p5\.48xlarge\]: has no field "gpus"/],
  ["a row without a field that all have", { capacityKinds: undefined }, /lacks "capacityKinds"/],
  ["a complete row without a fact", { vcpus: undefined }, /p5\.48xlarge: lacks vcpus; .* "incomplete"/],
  ["no whole device", { accelerator: { vendor: "nvidia", name: "h100", count: 0 } }, /whole devices/],
  ["no count of devices", { accelerator: { vendor: "nvidia", name: "h100" } }, /whole devices/],
  ["an unknown field of the accelerator", { accelerator: { vendor: "nvidia", name: "h100", gpu: 1 } }, /field "gpu"/],
  ["an unknown vendor", { accelerator: { vendor: "acme", name: "x", count: 1 } }, /got "acme"; it is one of nvidia/],
  ["an architecture that is none", { architecture: "amd64" }, /got "amd64"; it is one of x86_64, arm64/],
  ["text for a number", { vcpus: "192" }, /vcpus: got "192"; it is a whole number from 1/],
  ["half a device index", { efaInterfaces: 1.5 }, /whole number from 0/],
  ["bandwidth of 0", { networkGbps: 0 }, /a number above 0/],
  ["more EFA interfaces than cards", { efaInterfaces: 33 }, /33 do not fit on 32 cards from card 0/],
  ["EFA on every card from the second", { firstEfaCard: 1 }, /32 do not fit on 32 cards from card 1/],
  ["no network card", { networkCards: [], efaInterfaces: 0, bandwidthSlots: undefined }, /at least one/],
  ["an interface beyond what a card holds", { bandwidthSlots: [[4, 2]] }, /4\/2 is beyond what the card holds/],
  ["an interface on a card that is not there", { bandwidthSlots: [[32, 0]] }, /32\/0 is beyond/],
  ["an interface where EFA is", { bandwidthSlots: [[4, 0]] }, /4\/0 is taken/],
  ["an interface where the node's address is", { bandwidthSlots: [[0, 0]] }, /0\/0 is taken/],
  ["an interface twice", { bandwidthSlots: [[4, 1], [4, 1]] }, /4\/1 is taken/], // prettier-ignore
  ["an interface that is no pair", { bandwidthSlots: [[4]] }, /4 is no pair/],
  ["a source that is not listed", { sources: ["hearsay"] }, /no source is called "hearsay"/],
  ["a source that every object has", { sources: ["constructor"] }, /no source is called "constructor"/],
  ["no source", { sources: [] }, /a row needs a source/],
  ["a price without a date", { prices: [{ ...price, date: undefined }] }, /prices\[0\]: lacks "date"/],
  ["a price with a date that is none", { prices: [{ ...price, date: "July" }] }, /it is a date, YYYY-MM-DD/],
  ["a price for what is not sold", { prices: [{ ...price, purchase: "spot" }], capacityKinds: ["on-demand"] }, /spot/],
  ["two prices for one thing", { prices: [price, price] }, /two prices for on-demand in us-east-1/],
  ["a capacity kind twice", { capacityKinds: ["on-demand", "on-demand"] }, /stands twice/],
  ["a capacity kind that is none", { capacityKinds: ["free"] }, /one of on-demand, spot, reservation, block/],
  ["an image for another CPU", { amiTypes: ["AL2023_ARM_64_NVIDIA"] }, /AL2023_ARM_64_NVIDIA does not fit/],
  ["an image without a driver", { amiTypes: ["BOTTLEROCKET_x86_64"] }, /BOTTLEROCKET_x86_64 does not fit/],
  ["an image for another vendor", { amiTypes: ["AL2023_x86_64_NEURON"] }, /AL2023_x86_64_NEURON does not fit/],
])("refuses %s", (_, changes, message) => {
  expect(() => check("p5.48xlarge", changes)).toThrow(message);
});

test("refuses a type that stands twice", () => {
  const data = dataFile();
  const twice = [...data.instanceTypes, rowOf("p5.48xlarge")];
  expect(() => checkedCatalog({ ...data, instanceTypes: twice })).toThrow("p5.48xlarge: stated twice");
});

test("refuses an image for a vendor that EKS has none for", () => {
  expect(() => check("g4ad.xlarge", { amiTypes: ["AL2023_x86_64_NVIDIA"] })).toThrow(/does not fit/);
});

test("refuses data of another shape", () => {
  expect(() => checkedCatalog([])).toThrow(/catalog: got \[\]; it is an object/);
  expect(() => checkedCatalog({ ...dataFile(), limitsDate: undefined })).toThrow(/limitsDate/);
  expect(() => checkedCatalog({ ...dataFile(), sources: { a: { repo: "x/y" } } })).toThrow(/sources\.a: lacks "facts"/);
  expect(() => checkedCatalog({ ...dataFile(), instanceTypes: {} })).toThrow(/instanceTypes: got \{\}; it is a list/);
});

test("refuses a source that is neither a repository nor a site", () => {
  const sources = { ...dataFile().sources, nowhere: { facts: "all", date: "2026" } };
  expect(() => checkedCatalog({ ...dataFile(), sources })).toThrow(/nowhere: names either a repo or a site/);
});

test("lets an incomplete row lack facts, but not contradict itself", () => {
  const bare = { incomplete: "Not known.", vcpus: undefined, networkCards: undefined, bandwidthSlots: undefined };
  expect(() => check("p5.48xlarge", bare)).not.toThrow();
  expect(() => check("p5.48xlarge", { incomplete: "Not known.", efaInterfaces: 40 })).toThrow(/40 do not fit/);
});
