import { isErrorName, KeyturnError, parseMessage } from "../../errors.js";
import { isRunning } from "../ended.js";
import type { KnownExecution, World } from "../ports.js";

export interface Waiting extends Pick<World, "executions" | "clock"> {
  readonly pause: (ms: number) => Promise<void>;
}

/** An execution that has ended. */
export type Ended = Pick<KnownExecution, "status" | "output" | "error" | "cause">;

/**
 * What takes longer goes on, and is found done when Secrets Manager tries again. Less than the function's time-out, and than
 * what waits for a place in the account's concurrency is tried again for: those who wait give theirs to whom they wait for.
 */
const LONGEST_WAIT_MS = 25_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;

/** Waits for the end of an execution, looking less and less often. Throws `StillRunning` where that takes too long. */
export async function ended({ executions, clock, pause }: Waiting, executionArn: string): Promise<Ended> {
  const until = clock().getTime() + LONGEST_WAIT_MS;
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 1.5, LONGEST_PAUSE_MS)) {
    const found = await executions.lookUp(executionArn);
    if (!found) return { status: "GONE" };
    if (!isRunning(found)) return found;
    if (clock().getTime() + ms > until) throw stillRunning(executionArn);
    await pause(ms);
  }
}

/** What becomes of the step where the execution has ended and AWSCURRENT is not on its version. */
export function failure(executionArn: string, { status, output, error = "", cause = "" }: Ended): KeyturnError {
  const at = `Look at the execution ${executionArn}.`;
  if (status === "FAILED" && isErrorName(error)) {
    const { code, text } = parseMessage(cause);
    return new KeyturnError(error, { code, message: `${text} ${at}` });
  }
  if (status === "SUCCEEDED") {
    const { reason = "NotRotated", message = "It was not rotated." } = JSON.parse(output ?? "{}") as {
      reason?: string;
      message?: string;
    };
    return new KeyturnError("ConflictError", { code: reason, message: `${message} ${at}` });
  }
  return new KeyturnError("TransientError", {
    code: "ExecutionEnded",
    message: `The execution ended as ${status}${error ? ` (${error})` : ""}; what it left is brought to rest. ${at}`,
  });
}

function stillRunning(executionArn: string): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "StillRunning",
    message: `The rotation goes on, in the execution ${executionArn}. Secrets Manager finds it done when it tries again.`,
  });
}
