/** What a program ended with. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** A question to a Kubernetes API. */
export interface ApiQuestion {
  /** URL of the API server, as EKS states it. */
  readonly endpoint: string;
  readonly path: string;
  /** Certificate authority in base64, as EKS states it. */
  readonly caData: string;
  /** Where to connect instead of the endpoint's own address; its certificate is asked for all the same. @default - the endpoint */
  readonly tunnel?: Address;
  /** Bearer token; it is sent only once the certificate has proved right. @default - none */
  readonly token?: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why no answer came: Node's code, such as "ETIMEDOUT", "ENOTFOUND" or "ERR_TLS_CERT_ALTNAME_INVALID". */
export class Unreachable extends Error {
  public constructor(public readonly code: string) {
    super(code);
    this.name = "Unreachable";
  }
}

/** What the checks ask of the machine; tests put something else there. Nothing here changes anything. */
export interface Probes {
  /** Version of Node that runs this, such as "20.19.0". */
  readonly nodeVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Runs a program of the PATH to its end.
   * @param env what differs from the environment of this process; `undefined` takes a variable away
   * @returns undefined where there is no such program
   */
  run(
    program: string,
    args: readonly string[],
    env?: Readonly<Record<string, string | undefined>>,
  ): Promise<Ran | undefined>;
  /** @returns the status of the answer @throws Unreachable */
  ask(question: ApiQuestion): Promise<number>;
}
