import type { CatalogSource } from "../../catalog";

export const EKS_REGISTRIES_SOURCE: CatalogSource = {
  repo: "awsdocs/amazon-eks-user-guide",
  commit: "1cc6ebb4",
  path: "latest/ug/workloads/add-ons-images.adoc",
  facts: "registries of EKS' own images by region",
  date: "2026",
};

/** The account behind most regions, and in the references of EKS' charts. */
const COMMON = "602401143452";

/**
 * Accounts whose ECR registry holds EKS' own images, by region. ap-east-2 is left out: the page gives it a registry in another region.
 * ap-southeast-5 stands in the page's edition for China only.
 */
const ACCOUNTS: Readonly<Record<string, string>> = {
  "af-south-1": "877085696533",
  "ap-east-1": "800184023465",
  "ap-northeast-1": COMMON,
  "ap-northeast-2": COMMON,
  "ap-northeast-3": COMMON,
  "ap-south-1": COMMON,
  "ap-south-2": "900889452093",
  "ap-southeast-1": COMMON,
  "ap-southeast-2": COMMON,
  "ap-southeast-3": "296578399912",
  "ap-southeast-4": "491585149902",
  "ap-southeast-5": "151610086707",
  "ap-southeast-6": "333609536671",
  "ap-southeast-7": "121268973566",
  "ca-central-1": COMMON,
  "ca-west-1": "761377655185",
  "cn-north-1": "918309763551",
  "cn-northwest-1": "961992271922",
  "eu-central-1": COMMON,
  "eu-central-2": "900612956339",
  "eu-north-1": COMMON,
  "eu-south-1": "590381155156",
  "eu-south-2": "455263428931",
  "eu-west-1": COMMON,
  "eu-west-2": COMMON,
  "eu-west-3": COMMON,
  "eusc-de-east-1": "877088126301",
  "il-central-1": "066635153087",
  "me-central-1": "759879836304",
  "me-south-1": "558608220178",
  "mx-central-1": "730335286997",
  "sa-east-1": COMMON,
  "us-east-1": COMMON,
  "us-east-2": COMMON,
  "us-gov-east-1": "151742754352",
  "us-gov-west-1": "013241004608",
  "us-west-1": COMMON,
  "us-west-2": COMMON,
};

/** Domain of private ECR registries, by the beginning of a region's name. Source: the same page. */
const DOMAINS: Readonly<Record<string, string>> = { cn: "amazonaws.com.cn", eusc: "amazonaws.eu" };

/** Regions in which the registry of EKS' own images is known, sorted. */
export const EKS_REGISTRY_REGIONS: readonly string[] = Object.keys(ACCOUNTS);

/** Host of a private ECR registry: "123456789012.dkr.ecr.us-east-1.amazonaws.com". */
export function ecrHost(accountId: string, region: string): string {
  return `${accountId}.dkr.ecr.${region}.${DOMAINS[region.split("-", 1)[0] ?? ""] ?? "amazonaws.com"}`;
}

/** Host of the registry of EKS' own images in a region; undefined where none is known. */
export function eksRegistry(region: string): string | undefined {
  const account = Object.hasOwn(ACCOUNTS, region) ? ACCOUNTS[region] : undefined;
  return account === undefined ? undefined : ecrHost(account, region);
}

/** Whether a registry is that of EKS' own images, in any region. */
export function isEksRegistry(registry: string): boolean {
  const [, region] = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\./.exec(registry) ?? [];
  return region !== undefined && eksRegistry(region) === registry;
}
