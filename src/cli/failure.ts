import { KeyturnError, parseMessage } from "../errors.js";
import { Cancelled } from "./ask.js";
import { EXIT, type ExitCode } from "./exit.js";
import type { CommonOptions, Host } from "./host.js";
import { plain } from "./style.js";

export interface Failure {
  readonly code: string;
  /** One sentence, or two: what is wrong, and what to do. */
  readonly message: string;
  readonly exit: ExitCode;
}

/** The command line asks for what cannot be; said like commander's own mistakes. */
export class UsageError extends Error {}

/** What whoever typed the command is told of an error: AWS's by its name, ours by its code. */
export function failureOf(thrown: unknown, host: Host, options: CommonOptions): Failure {
  if (host.interrupted.aborted) return { code: "Interrupted", message: "Interrupted.", exit: EXIT.interrupted };
  if (thrown instanceof Cancelled) return { code: "Interrupted", message: "Nothing was done.", exit: EXIT.interrupted };
  if (thrown instanceof UsageError) return { code: "Usage", message: thrown.message, exit: EXIT.usage };
  const error = thrown as Error & { code?: string; cause?: { name?: string; message?: string } };
  const ours = error instanceof KeyturnError;
  // What a function would be told of its role is no help to a person.
  const name = (ours ? error.cause?.name : error.name) ?? "";
  const said = (ours ? error.cause?.message : error.message) ?? "";
  const known = NAMED.find(([names]) => names.includes(name) || names.includes(error.code ?? ""));
  if (known) return { code: known[1], message: plain(known[2](said, options)), exit: EXIT.noAccess };
  if (/^Region is missing/.test(said)) return { ...NO_REGION, exit: EXIT.noAccess };
  if (name === "ValidationError" && /^Stack .* does not exist/.test(said))
    return { code: "NotDeployed", message: notDeployed(options), exit: EXIT.error };
  if (ours && name === "ResourceNotFoundException" && error.code === "SecretNotFound")
    return { code: "SecretNotFound", message: NO_SECRET, exit: EXIT.usage };
  const { code, text } = ours ? parseMessage(error.message) : { code: name || "Error", text: said };
  return { code, message: plain(text), exit: EXIT.error };
}

type Row = readonly [names: readonly string[], code: string, message: (said: string, options: CommonOptions) => string];

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html, and Node.js's own codes. */
const NAMED: readonly Row[] = [
  [
    ["CredentialsProviderError", "MissingAuthenticationToken", "MissingAuthenticationTokenException"],
    "NoCredentials",
    () => "There are no AWS credentials. Log in (aws sso login), or name a profile with --profile; --local needs none.",
  ],
  [
    ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"],
    "CredentialsExpired",
    (_, { profile }) =>
      `The AWS credentials have expired. Log in again: aws sso login${profile ? ` --profile ${profile}` : ""}`,
  ],
  [
    ["UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch"],
    "WrongCredentials",
    () => "AWS does not know these credentials. See which they are: aws sts get-caller-identity",
  ],
  [
    ["UnauthorizedOperation", "AccessDeniedException", "AccessDenied", "AccessDeniedError"],
    "NoPermission",
    (said) => `AWS does not let you: ${said}${ofOtherAccount(said)}`,
  ],
  [
    // The last is ours, for all of the others.
    [
      "ENOTFOUND",
      "EAI_AGAIN",
      "ECONNREFUSED",
      "ECONNRESET",
      "ETIMEDOUT",
      "TimeoutError",
      "NetworkingError",
      "Unreachable",
    ],
    "Unreachable",
    (said, { local }) =>
      local
        ? "The embedded cloud has ended. Start it again in another terminal: npx keyturn local"
        : `AWS gave no answer (${said}). See that there is a network, and that the region is right.`,
  ],
];

/** Where the refusal names a secret of another account than that of whoever was refused. */
function ofOtherAccount(said: string): string {
  const [, caller, account] =
    /^User: arn:[\w-]+:\w+::(\d{12}):.* arn:[\w-]+:secretsmanager:[\w-]+:(\d{12}):/s.exec(said) ?? [];
  return account === caller
    ? ""
    : `. The secret is of the account ${account}, and you are of ${caller}: keyturn rotate and keyturn history ` +
        "take its ARN, and the secret itself is shown to that account's own people.";
}

const NO_SECRET =
  "There is no such secret here, or no value in it. Which there are: npx keyturn status. Look at the region, too.";

const NO_REGION = { code: "NoRegion", message: "No region is set. Say --region eu-central-1, or set AWS_REGION." };

function notDeployed({ stage, region, local }: CommonOptions): string {
  const place = local ? "the embedded cloud" : (region ?? "this account and region");
  return `There is no deployment keyturn-${stage} in ${place}. Deploy it (npx keyturn deploy --stage ${stage}), or name another with --stage and --region.`;
}
