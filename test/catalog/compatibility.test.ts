import {
  type CatalogSource,
  EFA_DEVICE_PLUGIN_MINIMUM,
  EKS_IMAGE_RELEASES,
  EKS_NVIDIA_DRIVERS,
  EKS_VERSIONS,
  familyOf,
  INCOMPLETE_INSTANCE_TYPES,
  INSTANCE_TYPES,
  isWithin,
  KARPENTER_MINIMUM,
  meets,
  NVIDIA_DEVICE_PLUGIN_IN_IMAGE,
  NVIDIA_DEVICE_PLUGIN_MOFED,
  NVIDIA_DRIVER_BREAKS,
  NVIDIA_DRIVER_MINIMUM,
  nvidiaDriverIn,
  TERRAFORM_AWS_PROVIDER_MINIMUM,
  type VersionMinimum,
  VPC_CNI_MINIMUM,
  WITHDRAWN_AL2023_RELEASES,
} from "cdktf-ai-datacenter/catalog";
import { fileText } from "./data-file";

const minima: readonly VersionMinimum[] = [
  ...Object.values(EFA_DEVICE_PLUGIN_MINIMUM),
  ...Object.values(VPC_CNI_MINIMUM),
  ...Object.values(KARPENTER_MINIMUM),
  ...Object.values(TERRAFORM_AWS_PROVIDER_MINIMUM),
  NVIDIA_DEVICE_PLUGIN_IN_IMAGE.settingSince,
];

const families = new Set(
  [...Object.keys(INSTANCE_TYPES), ...Object.keys(INCOMPLETE_INSTANCE_TYPES)].map((name) => familyOf(name)),
);

test("every fact has a reason, a source that can be found again, and a date", () => {
  const sources: readonly CatalogSource[] = [
    ...minima.map(({ source }) => source),
    NVIDIA_DEVICE_PLUGIN_MOFED.source,
    ...Object.values(EKS_NVIDIA_DRIVERS).map(({ source }) => source),
    ...Object.values(EKS_IMAGE_RELEASES).map(({ source }) => source),
    ...WITHDRAWN_AL2023_RELEASES.map(({ source }) => source),
    ...[...NVIDIA_DRIVER_MINIMUM, ...NVIDIA_DRIVER_BREAKS].map(({ source }) => source),
  ];
  for (const source of sources) {
    expect([source.repo, source.site].filter(Boolean)).toHaveLength(1);
    expect(source.repo === undefined ? source.page : source.commit).toBeTruthy();
    expect(source.facts).not.toBe("");
    expect(source.date).toMatch(/^\d{4}(-\d{2}(-\d{2})?)?$/);
  }
  for (const { reason } of minima) expect(reason).toMatch(/^[A-Z].*\.$/);
});

test("a minimum is met by itself and by what is newer", () => {
  for (const minimum of minima) {
    expect(meets(minimum.version, minimum)).toBe(true);
    expect(meets(`v${minimum.version}.1`, minimum)).toBe(true);
    expect(meets("0.0.1", minimum)).toBe(false);
  }
});

test.each([
  ["v1.18.4-eksbuild.3", false],
  ["v1.18.5-eksbuild.1", true],
  ["v1.22.4-eksbuild.3", true],
])("the VPC CNI %s leaves EFA-only interfaces alone: %s", (version, fits) => {
  expect(meets(version, VPC_CNI_MINIMUM.efaOnly)).toBe(fits);
});

test("the VPC CNI that clusters get can do all that nodes need", () => {
  for (const { addons } of Object.values(EKS_VERSIONS)) {
    for (const minimum of Object.values(VPC_CNI_MINIMUM)) expect(meets(addons["vpc-cni"], minimum)).toBe(true);
  }
});

test("the Terraform provider that the project is built with knows EFA-only interfaces", () => {
  const provider: unknown = JSON.parse(fileText("node_modules/@cdktf/provider-aws/package.json"));
  const { version } = (provider as { cdktf: { provider: { version: string } } }).cdktf.provider;
  expect(meets(version, TERRAFORM_AWS_PROVIDER_MINIMUM.efaOnly)).toBe(true);
});

test.each([
  ["0.18.2", false],
  ["0.19.0", true],
  ["v0.19.2", true],
  ["0.19.3", false],
  ["0.20.1", false],
])("the NVIDIA device plugin %s has mofed on by default: %s", (version, on) => {
  expect(isWithin(version, NVIDIA_DEVICE_PLUGIN_MOFED)).toBe(on);
});

test("names families of the catalog only, P3 aside", () => {
  const named = [
    ...Object.keys(EFA_DEVICE_PLUGIN_MINIMUM),
    ...[...NVIDIA_DRIVER_MINIMUM, ...NVIDIA_DRIVER_BREAKS].flatMap((fact) => fact.families),
  ];
  expect(named.filter((family) => !families.has(family))).toEqual(["p3"]);
});

test("the least driver of a family is that of its types, and no family needs a driver that breaks it", () => {
  for (const { branch, families: needing } of NVIDIA_DRIVER_MINIMUM) {
    const types = Object.values(INSTANCE_TYPES).filter(({ minimumDriver }) => minimumDriver === branch);
    expect(new Set(types.map(({ instanceType }) => familyOf(instanceType)))).toEqual(new Set(needing));
    for (const broken of NVIDIA_DRIVER_BREAKS) {
      expect(broken.families.filter((family) => branch >= broken.branch && needing.includes(family))).toEqual([]);
    }
  }
});

test("a type has the EKS images alone whose newest driver knows it", () => {
  for (const { amiTypes = [], minimumDriver = 0 } of Object.values(INSTANCE_TYPES)) {
    for (const amiType of amiTypes)
      expect(nvidiaDriverIn(amiType) ?? minimumDriver).toBeGreaterThanOrEqual(minimumDriver);
  }
});

test.each([
  ["AL2023_x86_64_NVIDIA", undefined, 595],
  ["AL2023_ARM_64_NVIDIA", "1.36.2-20261012", 595],
  ["AL2023_x86_64_NVIDIA", "1.35.4-20260917", 595],
  ["AL2023_x86_64_NVIDIA", "al2023@v20260916", 580],
  ["AL2023_x86_64_NVIDIA", "al2023@latest", 595],
  ["BOTTLEROCKET_x86_64_NVIDIA", "bottlerocket@v1.67.0", 580],
  ["AL2023_x86_64_NEURON", undefined, undefined],
  ["CUSTOM_AL2023_x86_64_NVIDIA", undefined, undefined],
  ["BOTTLEROCKET_x86_64_NVIDIA_FIPS", undefined, undefined],
  ["MY_BOTTLEROCKET_x86_64_NVIDIA", undefined, undefined],
  ["AL2023_x86_64_NVIDIA_MINE", undefined, undefined],
  ["AL2023_x86_64_NVIDIA", "20250101-20261012", 595],
])("the newest driver of %s in release %s is %s", (amiType, release, driver) => {
  expect(nvidiaDriverIn(amiType, release)).toBe(driver);
});

test("the image families with a device plugin are images that types name", () => {
  const known = new Set(Object.values(INSTANCE_TYPES).flatMap(({ amiTypes = [] }) => amiTypes));
  for (const amiType of NVIDIA_DEVICE_PLUGIN_IN_IMAGE.amiTypes) expect(known).toContain(amiType);
});

test("the newest image releases are none of those that should not run, and know the setting", () => {
  const withdrawn = WITHDRAWN_AL2023_RELEASES.map(({ version }) => version);
  expect(withdrawn).toEqual(["v20260930", "v20261003"]);
  expect(withdrawn).not.toContain(EKS_IMAGE_RELEASES.al2023.version);
  expect(EKS_IMAGE_RELEASES.al2023.version).toMatch(/^v\d{8}$/);
  expect(meets(EKS_IMAGE_RELEASES.bottlerocket.version, NVIDIA_DEVICE_PLUGIN_IN_IMAGE.settingSince)).toBe(true);
});
