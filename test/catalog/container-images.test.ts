import {
  CONTAINER_IMAGES,
  type ContainerImage,
  EFA_DEVICE_PLUGIN_MINIMUM,
  isWithin,
  meets,
  NVIDIA_DEVICE_PLUGIN_MOFED,
} from "cdktf-ai-datacenter/catalog";

const images = Object.entries<ContainerImage>(CONTAINER_IMAGES);

test.each(images)("%s is pinned and dated", (_name, { registry, repository, tag, digest, source }) => {
  expect(registry).toMatch(/^[a-z0-9.-]+\.[a-z]+$/);
  expect(repository).toMatch(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/);
  expect(tag).toMatch(/^v?\d+\.\d+/);
  if (digest !== undefined) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(source.repo ?? source.site).toBeDefined();
  expect(source.facts).not.toBe("");
  expect(source.date).toMatch(/^\d{4}(?:-\d\d){0,2}$/);
});

test("the EFA device plugin knows every family that asks for a version", () => {
  for (const least of Object.values(EFA_DEVICE_PLUGIN_MINIMUM)) {
    expect(meets(CONTAINER_IMAGES.efaDevicePlugin.tag, least)).toBe(true);
  }
});

test("the NVIDIA device plugin leaves mofed off by default", () => {
  expect(isWithin(CONTAINER_IMAGES.nvidiaDevicePlugin.tag, NVIDIA_DEVICE_PLUGIN_MOFED)).toBe(false);
});
