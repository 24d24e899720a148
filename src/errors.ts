/**
 * The errors a rotation can end with. Step Functions matches the exact `name`, so there are eight and no more:
 * two that the state machine retries, six that it does not. What went wrong in particular is the `code`.
 */
export type ErrorName =
  | "TransientError"
  | "ThrottledError"
  | "InvalidSecretError"
  | "AccessDeniedError"
  | "CredentialRejectedError"
  | "ConflictError"
  | "UnsupportedError"
  | "InternalError";

const NAMES: Readonly<Record<ErrorName, true>> = {
  TransientError: true,
  ThrottledError: true,
  InvalidSecretError: true,
  AccessDeniedError: true,
  CredentialRejectedError: true,
  ConflictError: true,
  UnsupportedError: true,
  InternalError: true,
};

export function isErrorName(name: string): name is ErrorName {
  return name in NAMES;
}

/** The names a state machine's Retry must list, and no others. */
export const RETRYABLE: readonly ErrorName[] = ["TransientError", "ThrottledError"];

/** What is kept of a foreign error: enough to look it up, nothing that could quote a statement or a value. */
export interface CleanCause {
  readonly name: string;
  /** The driver's or the service's own code: `ECONNREFUSED`, `ResourceNotFoundException`. */
  readonly code?: string;
  readonly sqlState?: string;
  readonly message: string;
}

export interface ErrorDetails {
  /** PascalCase and stable: it stands in audit records, events and documentation. */
  readonly code: string;
  /** Safe for anyone to read; says what to do next. */
  readonly message: string;
  readonly cause?: CleanCause;
}

/**
 * The one error class. Its `message` is `Code: text`, because of an error thrown by a Lambda function Step Functions
 * keeps only name and message.
 */
export class KeyturnError extends Error {
  override readonly name: ErrorName;
  readonly code: string;
  override readonly cause?: CleanCause;

  constructor(name: ErrorName, details: ErrorDetails) {
    super(`${details.code}: ${shown(details.message)}`);
    this.name = name;
    this.code = details.code;
    if (details.cause) this.cause = details.cause;
  }

  get retryable(): boolean {
    return RETRYABLE.includes(this.name);
  }
}

/** Characters. Names that others chose stand in messages, and Step Functions cuts causes: whoever reads one must find its end. */
const LONGEST = 2_000;

function shown(message: string): string {
  const printable = message.replace(/\p{C}/gu, " ");
  return printable.length <= LONGEST ? printable : `${printable.slice(0, LONGEST)} … (cut)`;
}

/** Reads `code` and text back from the `Code: text` form. A message of another form has the code `Unknown`. */
export function parseMessage(message: string): { code: string; text: string } {
  const match = /^([A-Z][A-Za-z0-9]*): ([\s\S]*)$/.exec(message);
  return match ? { code: match[1] as string, text: match[2] as string } : { code: "Unknown", text: message };
}
