import { isErrorName, parseMessage } from "../errors.js";

export interface Execution {
  readonly executionArn: string;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** An error as a Catch puts it into the state. `Cause` is JSON for errors of Lambda functions, plain text for others. */
export interface Caught {
  readonly Error?: string;
  readonly Cause?: string;
}

/** Lambda's own errors and time-outs have no code of ours: their name serves. */
export function readCaught({ Error: name = "Unknown", Cause = "" }: Caught): {
  name: string;
  code: string;
  message: string;
} {
  const message = errorMessage(Cause);
  // What others throw may begin with a word and a colon, too.
  const { code, text } = isErrorName(name) ? parseMessage(message) : { code: "Unknown", text: message };
  return code === "Unknown"
    ? { name, code: name, message: text || "The function gave no answer. Its log says more." }
    : { name, code, message: text };
}

function errorMessage(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    return String((parsed as { errorMessage?: unknown }).errorMessage ?? cause);
  } catch {
    return cause;
  }
}
