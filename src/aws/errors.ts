import { type ErrorName, KeyturnError } from "../errors.js";

/** A row of a table that turns an AWS service's error into ours. */
export type AwsErrorRow = readonly [name: ErrorName, code: string, message: string];

/** Errors that every AWS service gives. https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */
const COMMON: Readonly<Record<string, AwsErrorRow>> = {
  ThrottlingException: ["ThrottledError", "Throttled", "AWS asked for fewer calls. It is tried again by itself."],
  Throttling: ["ThrottledError", "Throttled", "AWS asked for fewer calls. It is tried again by itself."],
  TooManyRequestsException: ["ThrottledError", "Throttled", "AWS asked for fewer calls. It is tried again by itself."],
  ProvisionedThroughputExceededException: [
    "ThrottledError",
    "Throttled",
    "AWS asked for fewer calls. It is tried again by itself.",
  ],
  RequestLimitExceeded: ["ThrottledError", "Throttled", "AWS asked for fewer calls. It is tried again by itself."],
  AccessDeniedException: [
    "AccessDeniedError",
    "AccessDenied",
    "The function's role may not do this. Look at its policy and the resource's.",
  ],
  UnrecognizedClientException: ["AccessDeniedError", "AccessDenied", "AWS does not know the function's credentials."],
  ExpiredTokenException: [
    "TransientError",
    "CredentialsExpired",
    "The function's own AWS credentials had expired. It is tried again by itself.",
  ],
};

/**
 * Ours for an error of the AWS SDK: by the service's own table, then the common one, then by whether the call was
 * answered at all. `doing` says what was attempted, in words that anyone may read.
 */
export function fromAws(
  error: unknown,
  doing: string,
  table: Readonly<Record<string, AwsErrorRow>> = {},
): KeyturnError {
  if (error instanceof KeyturnError) return error;
  const { name, message, $metadata } = error as {
    name: string;
    message: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  const row =
    (KMS_THROTTLED.test(message) && COMMON.ThrottlingException) || (table[name] ?? COMMON[name] ?? unnamed(status));
  return new KeyturnError(row[0], {
    code: row[1],
    message: `${doing}: ${row[2]}`,
    cause: { name, code: name, message },
  });
}

/**
 * Another service passes on that KMS asked it for fewer calls, under a name of its own: as a failure to decrypt, say.
 * https://docs.aws.amazon.com/kms/latest/developerguide/throttling.html
 */
const KMS_THROTTLED = /exceeded the rate at which you may call KMS/i;

function unnamed(status: number | undefined): AwsErrorRow {
  if (status === undefined)
    return [
      "TransientError",
      "Unreachable",
      "AWS gave no answer. It is tried again by itself; see that the function's network reaches the service.",
    ];
  if (status >= 500 || status === 429)
    return ["TransientError", "ServiceFault", "AWS had a fault of its own. It is tried again by itself."];
  return [
    "InternalError",
    "UnexpectedAwsError",
    "AWS refused the call, for a reason that Keyturn does not know. The cause has it.",
  ];
}
