import { loopback } from "../embedded/environment";
import { RunFailed } from "../embedded/failures";

/** Values that the stacks publish, by contract and key: `{ "data/v1": { datasetsBucket: "…" } }`. */
export type PublishedValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

const TIMEOUT_MS = 30_000;

/** The few calls to the emulator that training needs beside those of the runtime itself. The emulator checks no signature. */
export class EmulatedAws {
  private readonly url: string;

  public constructor(
    url: string,
    private readonly region: string = "us-east-1",
  ) {
    this.url = loopback(url);
  }

  /** What the stacks of a stage have published in the parameter store. */
  public async published(stage: string): Promise<PublishedValues> {
    const values: Record<string, Record<string, string>> = {};
    let token: string | undefined;
    do {
      const request = { Path: `/${stage}/`, Recursive: true, MaxResults: 10, NextToken: token };
      const page = JSON.parse(await this.ssm("GetParametersByPath", request)) as ParameterPage;
      for (const { Name: name, Value: value } of page.Parameters) {
        const [, , contract = "", version = "", ...key] = name.split("/");
        (values[`${contract}/${version}`] ??= {})[key.join("/")] = value;
      }
      token = page.NextToken;
    } while (token);
    return values;
  }

  /** Writes an object, unless exactly it is there. */
  public async put(uri: string, text: string): Promise<void> {
    if ((await this.get(uri))?.toString("utf8") === text) return;
    const answer = await this.s3("PUT", uri, text);
    if (!answer.ok) throw new RunFailed(`the emulator refused ${uri} (HTTP ${answer.status})`, [await answer.text()]);
  }

  /** The bytes of an object, or undefined where there is none. */
  public async get(uri: string): Promise<Buffer | undefined> {
    const answer = await this.s3("GET", uri);
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new RunFailed(`${uri} cannot be read (HTTP ${answer.status})`, [await answer.text()]);
    return Buffer.from(await answer.arrayBuffer());
  }

  private s3(method: string, uri: string, body?: string): Promise<Response> {
    const path = uri
      .replace(/^s3:\/\//, "")
      .split("/")
      .map(encodeURIComponent)
      .join("/");
    const headers = { Authorization: this.authorization("s3") };
    return fetch(`${this.url}/${path}`, { method, headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  }

  private async ssm(action: string, request: object): Promise<string> {
    const answer = await fetch(this.url, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AmazonSSM.${action}`,
        Authorization: this.authorization("ssm"),
      },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return answer.text();
    throw new RunFailed(`the emulator refused ${action} (HTTP ${answer.status})`, [await answer.text()]);
  }

  /** It takes service and region from the scope. */
  private authorization(service: string): string {
    return `AWS4-HMAC-SHA256 Credential=test/20260101/${this.region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  }
}

interface ParameterPage {
  readonly Parameters: readonly { readonly Name: string; readonly Value: string }[];
  readonly NextToken?: string;
}
