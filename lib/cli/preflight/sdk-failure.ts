import { CloudFailure } from "./cloud";

/** What an error of the SDK tells, as far as it is needed here. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const DENIED =
  /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Client\.UnauthorizedOperation|ForbiddenException|UnauthorizedException)$/;
const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError)$/;
const BAD_CREDENTIALS =
  /^(AuthFailure|ExpiredToken|ExpiredTokenException|InvalidAccessKeyId|InvalidClientTokenId|InvalidToken|RequestExpired|SignatureDoesNotMatch|IncompleteSignature|InvalidSignatureException|UnrecognizedClientException|MissingAuthenticationToken)$/;
/** As code, as name, or within the text, where the SDK has wrapped the error. */
const UNREACHABLE =
  /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|TimeoutError)\b/;

/** Texts of services can be pages long; a signature that does not match is answered with the whole request, token and all. */
const LONGEST = 200;

/**
 * An error of the SDK in words that help. Only of errors that say nothing about credentials is their own text shown.
 * @param action what was asked, as IAM names it
 */
export function sdkFailure(error: unknown, action: string): CloudFailure {
  const { name, message, code, $metadata: metadata } = error as SdkError;
  if (DENIED.test(name))
    return new CloudFailure(
      `the credentials may not ask ${action}`,
      `Allow ${action} (docs/preflight.md has the whole policy).`,
    );
  if (NO_CREDENTIALS.test(name)) {
    return new CloudFailure(
      "no AWS credentials are found",
      "Log in, or set AWS_PROFILE or the variables of a session.",
    );
  }
  if (BAD_CREDENTIALS.test(name))
    return new CloudFailure(`AWS does not take the credentials (${name})`, "Log in again, or take others.");
  const [unreachable] = UNREACHABLE.exec(`${code} ${name} ${message}`) ?? [];
  if (unreachable !== undefined) {
    const remedy = "Look at network, region and AWS_ENDPOINT_URL.";
    return new CloudFailure(`${action} is not answered (${unreachable})`, remedy);
  }
  const status = metadata?.httpStatusCode === undefined ? "" : ` with status ${metadata.httpStatusCode}`;
  const text = (message.split("\n", 1)[0] ?? "").slice(0, LONGEST);
  return new CloudFailure(`${action} failed${status}: ${name}: ${text}`);
}
