import { CONTAINER_IMAGES, type ContainerImage, HELM_CHARTS } from "cdktf-ai-datacenter/catalog";
import "cdktf-ai-datacenter/testing/jest";
import { isEksRegistry } from "../../../lib/kubernetes/images/eks-registries";
import { ImageSources } from "../../../lib/kubernetes/images/image-sources";

const { efaDevicePlugin: EFA, nvidiaDevicePlugin: NVIDIA, neuronDevicePlugin: NEURON, pause: PAUSE } = CONTAINER_IMAGES;
const KUEUE: ContainerImage = HELM_CHARTS.kueue.images[0];
const CACHE = { accountId: "123456789012", region: "eu-central-1" };
const CACHE_HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const refer = (sources: ImageSources, image: ContainerImage) => sources.reference(image, "test/At");

describe("upstream", () => {
  const upstream = ImageSources.upstream();

  test("refers to images by tag, and by digest where it is known", () => {
    expect(refer(upstream, PAUSE)).toBe("registry.k8s.io/pause:3.10.1");
    expect(refer(upstream, KUEUE)).toMatch(/^registry\.k8s\.io\/kueue\/kueue:v0\.16\.1@sha256:[0-9a-f]{64}$/);
    expect(upstream.chartRepository(HELM_CHARTS.kueue)).toBe("oci://registry.k8s.io/kueue/charts");
  });

  test.each([
    ["us-west-2", "602401143452.dkr.ecr.us-west-2.amazonaws.com"],
    ["eu-south-1", "590381155156.dkr.ecr.eu-south-1.amazonaws.com"],
    ["us-gov-west-1", "013241004608.dkr.ecr.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn"],
    ["eusc-de-east-1", "877088126301.dkr.ecr.eusc-de-east-1.amazonaws.eu"],
  ])("takes EKS' own images from EKS' registry in %s", (region, host) => {
    const sources = ImageSources.upstream({ region });
    expect(refer(sources, EFA)).toBe(`${host}/eks/aws-efa-k8s-device-plugin:${EFA.tag}`);
    expect(refer(sources, NVIDIA)).toMatch(/^nvcr\.io\//);
    expect(isEksRegistry(host)).toBe(true);
  });

  test("refuses a region whose EKS registry it does not know", () => {
    for (const region of ["ap-east-2", "moon-1", "toString"]) {
      expect(() => ImageSources.upstream({ region })).toRefuse("IMAGE_SOURCE_INVALID", {
        path: "ImageSources.region",
        got: region,
      });
    }
  });

  test("needs a way out for all but ECR in the nodes' region", () => {
    const here = ImageSources.upstream({ region: "us-east-1" });
    expect([EFA, NVIDIA, NEURON, PAUSE].map((image) => here.needsInternet(image))).toEqual([false, true, true, true]);
    const own = { ...PAUSE, registry: "123456789012.dkr.ecr.us-east-1.amazonaws.com" };
    expect(here.needsInternet(own)).toBe(false);
    expect(ImageSources.upstream({ region: "us-east-2" }).needsInternet(own)).toBe(true);
    expect(upstream.needsInternet(EFA)).toBe(true);
  });

  test("an account that is not EKS' is left as it is", () => {
    const own = { ...PAUSE, registry: "123456789012.dkr.ecr.us-west-2.amazonaws.com" };
    expect(refer(ImageSources.upstream({ region: "us-east-1" }), own)).toMatch(/^123456789012\.dkr\.ecr\.us-west-2/);
  });
});

describe("pull-through cache", () => {
  const cache = ImageSources.pullThroughCache(CACHE);

  test("puts the console's prefixes before repositories", () => {
    expect(refer(cache, NEURON)).toBe(`${CACHE_HOST}/ecr-public/neuron/neuron-device-plugin:${NEURON.tag}`);
    expect(refer(cache, PAUSE)).toBe(`${CACHE_HOST}/kubernetes/pause:3.10.1`);
    expect(refer(cache, HELM_CHARTS.certManager.images[0])).toMatch(/\/quay\/jetstack\//);
    expect(refer(cache, HELM_CHARTS.keda.images[0])).toMatch(/\/github\/kedacore\/keda:/);
  });

  test("takes the account's own prefixes", () => {
    const sources = ImageSources.pullThroughCache({ ...CACHE, prefixes: { "registry.k8s.io": "k8s" } });
    expect(refer(sources, PAUSE)).toBe(`${CACHE_HOST}/k8s/pause:3.10.1`);
    expect(refer(sources, NEURON)).toContain("/ecr-public/");
  });

  test("leaves EKS' own images to EKS' registry, which endpoints serve", () => {
    expect(refer(cache, EFA)).toMatch(/^602401143452\.dkr\.ecr\.eu-central-1\.amazonaws\.com\/eks\//);
    expect([EFA, NEURON, PAUSE].map((image) => cache.needsInternet(image))).toEqual([false, false, false]);
  });

  test("refuses what ECR cannot cache, or takes it from elsewhere", () => {
    expect(() => refer(cache, NVIDIA)).toRefuse("IMAGE_UNREACHABLE", {
      path: "test/At",
      got: "nvcr.io/nvidia/k8s-device-plugin",
      allowed: /registry\.k8s\.io/,
    });
    const mirror = ImageSources.mirror("host.example.com/ai");
    const both = ImageSources.pullThroughCache({ ...CACHE, others: mirror });
    expect(refer(both, NVIDIA)).toBe(refer(mirror, NVIDIA));
    expect(both.needsInternet(NVIDIA)).toBe(false);
    const mixed = ImageSources.pullThroughCache({ ...CACHE, others: ImageSources.upstream({ region: CACHE.region }) });
    expect(mixed.needsInternet(NVIDIA)).toBe(true);
  });

  test("charts come from their makers: nodes do not load them", () => {
    expect(cache.chartRepository(HELM_CHARTS.kueue)).toBe("oci://registry.k8s.io/kueue/charts");
  });

  test("refuses accounts and regions that are none", () => {
    expect(() => ImageSources.pullThroughCache({ ...CACHE, accountId: "12" })).toRefuse("IMAGE_SOURCE_INVALID", {
      path: "ImageSources.accountId",
    });
    expect(() => ImageSources.pullThroughCache({ ...CACHE, region: "Frankfurt" })).toRefuse("IMAGE_SOURCE_INVALID");
  });
});

describe("mirror", () => {
  const mirror = ImageSources.mirror("harbor.example.com:5000/ai");

  test("keeps each registry apart, and the digest", () => {
    expect(refer(mirror, PAUSE)).toBe("harbor.example.com:5000/ai/registry.k8s.io/pause:3.10.1");
    expect(refer(mirror, KUEUE)).toBe(`harbor.example.com:5000/ai/${refer(ImageSources.upstream(), KUEUE)}`);
    expect(mirror.needsInternet(NVIDIA)).toBe(false);
  });

  test("has the charts as well", () => {
    expect(mirror.chartRepository(HELM_CHARTS.kueue)).toBe(
      "oci://harbor.example.com:5000/ai/registry.k8s.io/kueue/charts",
    );
    expect(mirror.chartRepository(HELM_CHARTS.keda)).toBe("oci://harbor.example.com:5000/ai/kedacore.github.io/charts");
  });

  test.each(["https://host/ai", "host/ai/", "Host/AI", "host//ai", "", "host/a b"])("refuses %p", (location) => {
    expect(() => ImageSources.mirror(location)).toRefuse("IMAGE_SOURCE_INVALID", { path: "ImageSources.mirror" });
  });
});

describe("where the network has no way out", () => {
  const check = (sources: ImageSources, images: readonly ContainerImage[], hasInternet = false) =>
    sources.checkReachable(images, { hasInternet }, "test/At");

  test("images that endpoints do not serve are refused by name, each once", () => {
    expect(() => check(ImageSources.upstream({ region: "us-east-1" }), [PAUSE, EFA, NEURON, PAUSE])).toRefuse(
      "IMAGE_UNREACHABLE",
      {
        path: "test/At",
        got: [`public.ecr.aws/neuron/neuron-device-plugin:${NEURON.tag}`, "registry.k8s.io/pause:3.10.1"],
      },
    );
  });

  test("a cache and a mirror serve them", () => {
    expect(() => check(ImageSources.pullThroughCache(CACHE), [PAUSE, EFA, NEURON])).not.toThrow();
    expect(() => check(ImageSources.mirror("host.example.com"), [PAUSE, EFA, NVIDIA])).not.toThrow();
  });

  test("with a way out nothing is refused but what a source cannot have", () => {
    expect(() => check(ImageSources.upstream(), [PAUSE, EFA, NVIDIA], true)).not.toThrow();
    expect(() => check(ImageSources.pullThroughCache(CACHE), [NVIDIA], true)).toRefuse("IMAGE_UNREACHABLE");
  });
});
