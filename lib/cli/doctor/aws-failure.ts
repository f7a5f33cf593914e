/** AWS was not asked, or said no. The message holds nothing secret. */
export class AwsRefusal extends Error {
  public constructor(
    message: string,
    public readonly remedy: string,
    /** As AWS names it, such as "AccessDenied". @default - AWS did not answer */
    public readonly code?: string,
  ) {
    super(message);
    this.name = "AwsRefusal";
  }
}

const DENIED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|ForbiddenException)$/;
const BAD_CREDENTIALS =
  /^(AuthFailure|ExpiredToken|ExpiredTokenException|InvalidAccessKeyId|InvalidClientTokenId|InvalidToken|RequestExpired|SignatureDoesNotMatch|IncompleteSignature|InvalidSignatureException|UnrecognizedClientException|MissingAuthenticationToken)$/;

/** What the AWS CLI says when it did not even ask, with what it means. */
const BEFORE_ASKING: readonly (readonly [pattern: RegExp, message: string, remedy: string])[] = [
  [
    /unable to locate credentials/i,
    "no AWS credentials are found",
    "Log in (aws sso login), or set AWS_PROFILE or the variables of a session.",
  ],
  [
    /(sso|token|session).*(expired|does not exist|refresh failed)/i,
    "the login has expired",
    "Log in again (aws sso login).",
  ],
  [
    /config profile .* could not be found/i,
    "the profile that is asked for is not in the AWS configuration",
    "Set AWS_PROFILE to one of those that aws configure list-profiles names.",
  ],
  [
    /could not connect to the endpoint|timeout on endpoint|connection was closed|failed to connect to proxy|gave no answer/i,
    "AWS does not answer",
    "Look at network, HTTPS_PROXY, region and AWS_ENDPOINT_URL.",
  ],
];

/** Texts of services can be pages long; a signature that does not match is answered with the whole request, token and all. */
const LONGEST = 200;

/**
 * What the AWS CLI wrote on its standard error, in words that help. Of what is said about credentials nothing is repeated but AWS' code.
 * @param action what was asked, as IAM names it
 */
export function explained(action: string, error: string): AwsRefusal {
  const [, code, text = ""] = /An error occurred \((\w+)\)[^:]*:? ?([^\n]*)/.exec(error) ?? [];
  if (code === undefined) {
    const [, message, remedy] = BEFORE_ASKING.find(([pattern]) => pattern.test(error)) ?? [];
    if (message !== undefined && remedy !== undefined) return new AwsRefusal(message, remedy);
    const line = error.trim().split("\n").at(-1) ?? "";
    return new AwsRefusal(`${action} failed: ${line.slice(0, LONGEST)}`, "Run aws sts get-caller-identity by hand.");
  }
  if (BAD_CREDENTIALS.test(code)) {
    return new AwsRefusal(`AWS does not take the credentials (${code})`, "Log in again, or take others.", code);
  }
  if (DENIED.test(code)) return new AwsRefusal(`the credentials may not ask ${action}`, `Allow ${action}.`, code);
  return new AwsRefusal(
    `${action} failed: ${code}: ${text.slice(0, LONGEST)}`,
    "AWS says what is wrong; correct that.",
    code,
  );
}
