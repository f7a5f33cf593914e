import { Unready } from "./failures";

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a child needs of the user's environment to run at all: nothing in it can point a provider at an account. */
const PASSED_ON = ["PATH", "TMPDIR", "TEMP", "TMP", "TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "SystemRoot"];
/** What reaching a registry may need beside it. */
const PASSED_ON_FOR_DOWNLOADS = ["SSL_CERT_FILE", "SSL_CERT_DIR", ...bothCases("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")];

/** The environment of every child process: an allow-list, so that a variable nobody thought of cannot come through. */
export function childEnvironment(user: Environment, home: string): Record<string, string> {
  return { ...pick(user, PASSED_ON), HOME: home, CHECKPOINT_DISABLE: "1" };
}

/** What a Terraform child is told beside the allow-list. */
export interface TerraformSettings {
  /** Empty folder: no `~/.aws`, `~/.terraformrc`, `~/.netrc` or plugin of the user is read. */
  readonly home: string;
  /** Our own CLI configuration, which names the one place that providers come from. */
  readonly cliConfig: string;
}

/** For `terraform init` from the registry, the one child that may leave this machine: with the user's proxy, without any key. */
export function downloadEnvironment(user: Environment, { home, cliConfig }: TerraformSettings): Record<string, string> {
  return {
    ...childEnvironment(user, home),
    ...pick(user, PASSED_ON_FOR_DOWNLOADS),
    ...terraformEnvironment(cliConfig),
    // An unreachable registry is an ordinary case here; do not make the user wait for it.
    TF_REGISTRY_CLIENT_TIMEOUT: "5",
    TF_REGISTRY_DISCOVERY_RETRY: "0",
  };
}

/**
 * For every other Terraform child: one endpoint for all services, test keys, no proxy. An endpoint for all services also
 * closes the hole that a service forgotten in a list of endpoints would be called at AWS itself.
 * @throws Unready when the endpoint is not on this machine
 */
export function emulatorEnvironment(
  user: Environment,
  { home, cliConfig }: TerraformSettings,
  endpoint: string,
): Record<string, string> {
  return {
    ...childEnvironment(user, home),
    ...terraformEnvironment(cliConfig),
    ...awsEnvironment(endpoint),
    NO_PROXY: "127.0.0.1,localhost,::1",
  };
}

/** Test keys and the one endpoint, for any AWS SDK. */
export function awsEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: loopback(endpoint),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    // The stacks name their region in the provider block; this one is for what asks without a provider.
    AWS_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/**
 * @returns the URL, when it is http on a loopback address
 * @throws Unready otherwise
 */
export function loopback(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const host = parsed?.hostname.replace(/^\[|\]$/g, "") ?? "";
  const isLoopback = /^127\.\d+\.\d+\.\d+$/.test(host) || host === "::1" || host === "localhost";
  if (parsed?.protocol === "http:" && isLoopback && parsed.username === "") return url;
  throw new Unready(
    `the emulator's address ${url} is not on this machine`,
    "Only http://127.0.0.1 is used; remove .aidc/embedded and run npm start again.",
  );
}

function terraformEnvironment(cliConfig: string): Record<string, string> {
  return { TF_CLI_CONFIG_FILE: cliConfig, TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
}

function pick(from: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = from[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function bothCases(...names: readonly string[]): string[] {
  return names.flatMap((name) => [name, name.toLowerCase()]);
}
