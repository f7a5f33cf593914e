import { CONTAINER_IMAGES, HELM_CHARTS } from "cdktf-ai-datacenter/catalog";
import "cdktf-ai-datacenter/testing/jest";
import { allCharts, allImages, imageList } from "../../../lib/kubernetes/images/image-list";
import { ImageSources } from "../../../lib/kubernetes/images/image-sources";
import { mirrorCommands, MirrorTool } from "../../../lib/kubernetes/images/mirror-commands";

const MIRROR = ImageSources.mirror("host.example.com/ai");
const CACHE = { accountId: "123456789012", region: "us-east-1" };

test("the list has every image of the catalog once, with all who start it, sorted", () => {
  const references = imageList().map(({ reference }) => reference);
  expect(references).toEqual([...new Set(references)].sort());
  const byCharts = Object.values(HELM_CHARTS).flatMap(({ images }) =>
    images.map(({ repository }) => repository as string),
  );
  const expected = new Set([...byCharts, ...Object.values(CONTAINER_IMAGES).map(({ repository }) => repository)]);
  expect(new Set(allImages().map(({ repository }) => repository))).toEqual(expected);
  const pause = imageList().find(({ reference }) => reference.startsWith("registry.k8s.io/pause:"));
  expect(pause?.usedBy).toEqual(["aidc"]);
  const karpenter = imageList().find(({ reference }) => reference.includes("karpenter/controller"));
  expect(karpenter?.usedBy).toEqual(["karpenter"]);
});

test("the list refers to where images come from", () => {
  for (const { reference } of imageList(MIRROR)) expect(reference).toMatch(/^host\.example\.com\/ai\//);
});

test("charts are sorted by name", () => {
  const names = allCharts().map(({ name }) => name);
  expect(names).toEqual([...names].sort());
});

describe("commands for a mirror", () => {
  const skopeo = mirrorCommands(MIRROR, MirrorTool.SKOPEO);
  const crane = mirrorCommands(MIRROR, MirrorTool.CRANE);

  test("copy every image, from its digest where that is known, to its tag", () => {
    expect(skopeo).toContain(
      "skopeo copy --all --preserve-digests docker://registry.k8s.io/pause:3.10.1 docker://host.example.com/ai/registry.k8s.io/pause:3.10.1",
    );
    const [kueue] = HELM_CHARTS.kueue.images;
    expect(crane).toContain(
      `crane copy registry.k8s.io/kueue/kueue@${kueue.digest} host.example.com/ai/registry.k8s.io/kueue/kueue:${kueue.tag}`,
    );
    for (const command of [...skopeo, ...crane]) expect(command).not.toMatch(/:[\w.-]+@sha256/);
    expect(crane.filter((command) => command.startsWith("crane copy"))).toHaveLength(
      allImages().length + allCharts().filter(({ repository }) => repository.startsWith("oci://")).length,
    );
  });

  test("copy charts in registries, and push those from web servers, to where releases look for them", () => {
    expect(crane).toContain(
      "crane copy registry.k8s.io/kueue/charts/kueue:0.16.1 host.example.com/ai/registry.k8s.io/kueue/charts/kueue:0.16.1",
    );
    expect(crane).toEqual(
      expect.arrayContaining([
        "helm pull keda --repo https://kedacore.github.io/charts --version 2.20.2",
        "helm push keda-2.20.2.tgz oci://host.example.com/ai/kedacore.github.io/charts",
      ]),
    );
  });

  test("come each once", () => {
    for (const commands of [skopeo, crane]) expect(commands).toEqual([...new Set(commands)]);
  });
});

test("a pull-through cache is filled by pulling, and what it cannot hold is copied", () => {
  const sources = ImageSources.pullThroughCache({ ...CACHE, others: MIRROR });
  const commands = mirrorCommands(sources, MirrorTool.CRANE);
  expect(commands).toContain(
    "crane validate --remote 123456789012.dkr.ecr.us-east-1.amazonaws.com/kubernetes/pause:3.10.1",
  );
  expect(commands.filter((command) => command.includes("nvcr.io")).map((command) => command.split(" ", 2))).toEqual([
    ["crane", "copy"],
    ["crane", "copy"],
  ]);
  expect(commands.join("\n")).not.toContain("aws-efa-k8s-device-plugin");
  expect(mirrorCommands(sources, MirrorTool.SKOPEO)).toContain(
    'skopeo copy --all docker://123456789012.dkr.ecr.us-east-1.amazonaws.com/kubernetes/pause:3.10.1 dir:"$(mktemp -d)"',
  );
  expect(() => mirrorCommands(ImageSources.pullThroughCache(CACHE), MirrorTool.CRANE)).toRefuse("IMAGE_UNREACHABLE");
});

test("the makers' own registries need no command", () => {
  expect(mirrorCommands(ImageSources.upstream({ region: "us-east-1" }), MirrorTool.SKOPEO)).toEqual([]);
});
