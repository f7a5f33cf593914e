import { HELM_CHARTS, type HelmChart } from "cdktf-ai-datacenter/catalog";
import { KARPENTER_VERSION } from "../../lib/compute/karpenter/version";

const charts = Object.entries<HelmChart>(HELM_CHARTS);

test.each(charts)("%s is pinned and dated, with its images", (_name, { repository, version, images, source }) => {
  expect(repository).toMatch(/^(?:oci|https):\/\/[a-z0-9.-]+(?:\/[a-z0-9-]+)*$/);
  expect(version).toMatch(/^v?\d+\.\d+\.\d+$/);
  expect(source.date).toMatch(/^\d{4}(?:-\d\d){0,2}$/);
  for (const image of images) {
    expect(image.tag).toMatch(/^v?\d+\.\d+\.\d+/);
    if (image.digest !== undefined) expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(image.source.facts).not.toBe("");
  }
});

test("Karpenter is the release that node pools and its policy are written for", () => {
  expect(HELM_CHARTS.karpenter.version).toBe(KARPENTER_VERSION);
  expect(HELM_CHARTS.karpenterCrd.version).toBe(KARPENTER_VERSION);
  expect(HELM_CHARTS.karpenter.images[0].tag).toBe(KARPENTER_VERSION);
});

test("only custom resources start nothing", () => {
  const empty = charts.filter(([, { images }]) => images.length === 0).map(([name]) => name);
  expect(empty).toEqual(["karpenterCrd"]);
});
