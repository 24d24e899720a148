/** `Unreadable`: Secrets Manager gave no value. `InvalidSecret`: it gave one that is no database credential. */
export type CredentialsErrorCode = "Unreadable" | "InvalidSecret";

/** Why there is no credential. Neither it nor its cause ever holds a secret value. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";

  constructor(
    readonly code: CredentialsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a failed GetSecretValue becomes. Secrets Manager's own words are kept, other messages may quote the answer. */
export function unreadable(secretId: string, error: unknown): CredentialsError {
  const cause = cleanCopy(error);
  return new CredentialsError(
    "Unreadable",
    `The secret ${secretId} could not be read: ${[cause.name, cause.message].filter(Boolean).join(": ")}.`,
    { cause },
  );
}

function cleanCopy(error: unknown): Error {
  const { name, message, code, $fault } = Object(error) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    $fault?: unknown;
  };
  // Only what came as an error of the service, or from the network, has a message that cannot quote a value.
  const safe = $fault !== undefined || (typeof code === "string" && /^E[A-Z_]+$/.test(code));
  const copy = new Error(safe && typeof message === "string" ? message.replace(/\.$/, "") : "");
  copy.name = typeof name === "string" ? name : "Error";
  delete copy.stack;
  return typeof code === "string" ? Object.assign(copy, { code }) : copy;
}
