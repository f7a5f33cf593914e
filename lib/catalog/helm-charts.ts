import type { ContainerImage, HelmChart } from "./container-image";
import type { CatalogSource } from "./source";

const CERT_MANAGER: CatalogSource = {
  repo: "NVIDIA/aicr",
  path: "docs/user/container-images.md",
  facts: "chart jetstack/cert-manager v1.20.2 and its images; tag v1.20.2 of cert-manager/cert-manager is of that day",
  date: "2026-04-10",
};

/** KEDA's three programs share a version. */
const KEDA: CatalogSource = {
  repo: "kedacore/keda",
  commit: "v2.20.2",
  path: "CHANGELOG.md",
  facts: "release; chart and images carry the same version",
  date: "2026-07-31",
};

const SECRETS_STORE: CatalogSource = {
  repo: "kubernetes-sigs/secrets-store-csi-driver",
  commit: "08a11d82",
  path: "manifest_staging/charts/secrets-store-csi-driver/Chart.yaml",
  facts: "chart 1.5.4 and driver v1.5.4; the sidecars are those that an EKS cluster with it was seen to run (2026-07)",
  date: "2026",
};

/** The Container Storage Interface sidecars as EKS builds them; the values of the FSx chart name them. */
const EKS_SIDECARS: CatalogSource = {
  repo: "NVIDIA/aicr",
  path: "docs/user/container-images.md",
  facts: "tags in public.ecr.aws/csi-components beside aws-ebs-csi-driver 2.59.0",
  date: "2026",
};

const FSX: CatalogSource = {
  repo: "aws/sagemaker-hyperpod-cli",
  commit: "pull #453",
  facts: "chart 1.17.0 with driver v1.9.0, run on a HyperPod cluster",
  date: "2026-09-01",
};

const MOUNTPOINT: CatalogSource = {
  repo: "awslabs/mountpoint-s3-csi-driver",
  commit: "016097c6",
  path: "charts/aws-mountpoint-s3-csi-driver/values.yaml",
  facts: "images of driver v2.7.0 (released by pull #826); the chart's version is that of the driver",
  date: "2026-06-10",
};

const EXTERNAL_SECRETS: CatalogSource = {
  site: "ghcr.io",
  page: "external-secrets/charts/external-secrets",
  facts: "chart 2.10.0, and the digest of the one image that its three deployments start",
  date: "2026",
};

/** Charts that the library installs, pinned, with the images that they start with the library's values. */
export const HELM_CHARTS = {
  /** Its version is that of the NodePools: `lib/compute/karpenter/version.ts`. */
  karpenter: {
    name: "karpenter",
    repository: "oci://public.ecr.aws/karpenter",
    version: "1.14.1",
    images: [
      {
        registry: "public.ecr.aws",
        repository: "karpenter/controller",
        tag: "1.14.1",
        digest: "sha256:445baefaaa689029cc12ac1f659b916b0b82fb14308ce536f8521fcf079116fa",
        source: karpenter("digest of the controller that the packaged chart names"),
      },
    ],
    source: karpenter("charts/karpenter of the release"),
  },
  /** The custom resources alone, for upgrades: Helm never upgrades those inside a chart. */
  karpenterCrd: {
    name: "karpenter-crd",
    repository: "oci://public.ecr.aws/karpenter",
    version: "1.14.1",
    images: [],
    source: karpenter("charts/karpenter-crd of the release"),
  },
  kueue: {
    name: "kueue",
    repository: "oci://registry.k8s.io/kueue/charts",
    version: "0.16.1",
    images: [
      {
        registry: "registry.k8s.io",
        repository: "kueue/kueue",
        tag: "v0.16.1",
        digest: "sha256:87bdbcb7ab69c5364459710b90b329d51b369c17b21d670f6436fe3f6864a78f",
        source: kueue("digest, from the release's own check of its images"),
      },
    ],
    source: kueue("chart 0.16.1 in charts/kueue/README.md"),
  },
  jobSet: {
    name: "jobset",
    repository: "oci://registry.k8s.io/jobset/charts",
    version: "0.10.1",
    images: [image("registry.k8s.io", "jobset/jobset", "v0.10.1", jobSet("tag of the release's manifests"))],
    source: jobSet("charts/jobset/README.md"),
  },
  leaderWorkerSet: {
    name: "lws",
    repository: "oci://registry.k8s.io/lws/charts",
    version: "0.7.0",
    images: [image("registry.k8s.io", "lws/lws", "v0.7.0", leaderWorkerSet("tag of the release's manifests"))],
    source: leaderWorkerSet("site/content/en/docs/installation/_index.md"),
  },
  keda: {
    name: "keda",
    repository: "https://kedacore.github.io/charts",
    version: "2.20.2",
    images: [
      image("ghcr.io", "kedacore/keda", "2.20.2", KEDA),
      image("ghcr.io", "kedacore/keda-metrics-apiserver", "2.20.2", KEDA),
      image("ghcr.io", "kedacore/keda-admission-webhooks", "2.20.2", KEDA),
    ],
    source: KEDA,
  },
  /** Only where something asks for it: Kueue, JobSet, LeaderWorkerSet and KEDA make the certificates of their webhooks themselves. */
  certManager: {
    name: "cert-manager",
    repository: "https://charts.jetstack.io",
    version: "v1.20.2",
    images: [
      image("quay.io", "jetstack/cert-manager-controller", "v1.20.2", CERT_MANAGER),
      image("quay.io", "jetstack/cert-manager-webhook", "v1.20.2", CERT_MANAGER),
      image("quay.io", "jetstack/cert-manager-cainjector", "v1.20.2", CERT_MANAGER),
      image("quay.io", "jetstack/cert-manager-startupapicheck", "v1.20.2", CERT_MANAGER),
    ],
    source: CERT_MANAGER,
  },
  externalSecrets: {
    name: "external-secrets",
    repository: "oci://ghcr.io/external-secrets/charts",
    version: "2.10.0",
    images: [
      {
        registry: "ghcr.io",
        repository: "external-secrets/external-secrets",
        tag: "v2.10.0",
        digest: "sha256:814117b0fd6d121b03e8ba3b6db1cecbe7449a354fc0fc9c4faf73a37aa221b1",
        source: EXTERNAL_SECRETS,
      },
    ],
    source: EXTERNAL_SECRETS,
  },
  secretsStoreCsi: {
    name: "secrets-store-csi-driver",
    repository: "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts",
    version: "1.5.4",
    images: [
      image("registry.k8s.io", "csi-secrets-store/driver", "v1.5.4", SECRETS_STORE),
      image("registry.k8s.io", "csi-secrets-store/driver-crds", "v1.5.4", SECRETS_STORE),
      image("registry.k8s.io", "sig-storage/csi-node-driver-registrar", "v2.13.0", SECRETS_STORE),
      image("registry.k8s.io", "sig-storage/livenessprobe", "v2.15.0", SECRETS_STORE),
    ],
    source: SECRETS_STORE,
  },
  /** With `secrets-store-csi-driver.install: false`: the driver comes from its own chart. */
  secretsStoreAws: {
    name: "secrets-store-csi-driver-provider-aws",
    repository: "https://aws.github.io/secrets-store-csi-driver-provider-aws",
    version: "2.1.1",
    images: [
      image("public.ecr.aws", "aws-secrets-manager/secrets-store-csi-driver-provider-aws", "2.1.0", secretsStoreAws()),
    ],
    source: secretsStoreAws(),
  },
  fsxCsi: {
    name: "aws-fsx-csi-driver",
    repository: "https://kubernetes-sigs.github.io/aws-fsx-csi-driver",
    version: "1.17.0",
    images: [
      image("public.ecr.aws", "fsx-csi-driver/aws-fsx-csi-driver", "v1.9.0", FSX),
      image("public.ecr.aws", "csi-components/csi-provisioner", "v6.2.0-eksbuild.3", EKS_SIDECARS),
      image("public.ecr.aws", "csi-components/csi-resizer", "v2.1.0-eksbuild.4", EKS_SIDECARS),
      image("public.ecr.aws", "csi-components/csi-node-driver-registrar", "v2.16.0-eksbuild.4", EKS_SIDECARS),
      image("public.ecr.aws", "csi-components/livenessprobe", "v2.18.0-eksbuild.4", EKS_SIDECARS),
    ],
    source: FSX,
  },
  mountpointS3Csi: {
    name: "aws-mountpoint-s3-csi-driver",
    repository: "https://awslabs.github.io/mountpoint-s3-csi-driver",
    version: "2.7.0",
    images: [
      image("public.ecr.aws", "mountpoint-s3-csi-driver/aws-mountpoint-s3-csi-driver", "v2.7.0", MOUNTPOINT),
      image("public.ecr.aws", "csi-components/csi-node-driver-registrar", "v2.17.0-eksbuild.3", MOUNTPOINT),
      image("public.ecr.aws", "csi-components/livenessprobe", "v2.19.0-eksbuild.3", MOUNTPOINT),
    ],
    source: MOUNTPOINT,
  },
} as const satisfies Readonly<Record<string, HelmChart>>;

function image(registry: string, repository: string, tag: string, source: CatalogSource): ContainerImage {
  return { registry, repository, tag, source };
}

function karpenter(facts: string): CatalogSource {
  return { repo: "aws/karpenter-provider-aws", commit: "v1.14.1", facts, date: "2026-08-20" };
}

function kueue(facts: string): CatalogSource {
  return { repo: "kubernetes-sigs/kueue", commit: "v0.16.1", facts, date: "2026-02-11" };
}

function jobSet(facts: string): CatalogSource {
  return { repo: "kubernetes-sigs/jobset", commit: "v0.10.1", facts, date: "2025-09-29" };
}

function leaderWorkerSet(facts: string): CatalogSource {
  return { repo: "kubernetes-sigs/lws", commit: "v0.7.0", facts, date: "2025-08-05" };
}

function secretsStoreAws(): CatalogSource {
  return {
    site: "aws.github.io",
    page: "secrets-store-csi-driver-provider-aws",
    facts: "chart 2.1.1 with image 2.1.0; it depends on secrets-store-csi-driver ^1",
    date: "2026",
  };
}
