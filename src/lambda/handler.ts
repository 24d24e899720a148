import { KeyturnError } from "../errors.js";

/**
 * Wraps what a Lambda function does. An error of ours goes out as it is; any other is a bug, and because its message
 * may quote what it was working on, only its name and place in the code go out. Logs one line of JSON an invocation,
 * identifiers only.
 */
export function handler<Input, Output>(
  work: (input: Input) => Promise<Output>,
  identify: (input: Input) => Readonly<Record<string, unknown>>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const start = performance.now();
    const log = (result: Readonly<Record<string, unknown>>) =>
      console.log(JSON.stringify({ ...identify(input), ms: Math.round(performance.now() - start), ...result }));
    try {
      const output = await work(input);
      log({ level: "info", result: "ok" });
      return output;
    } catch (thrown) {
      const error = thrown instanceof KeyturnError ? thrown : unexpected(thrown);
      log({ level: "error", error: error.name, code: error.code, message: error.message, cause: error.cause });
      throw error;
    }
  };
}

function unexpected(thrown: unknown): KeyturnError {
  const { name, stack } = thrown instanceof Error ? thrown : new Error("not an error");
  const places = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return new KeyturnError("InternalError", {
    code: "Unexpected",
    message: `A fault in Keyturn itself (${name}). Please report it with this place in the code: ${places.slice(0, 3).join(" ").trim()}`,
    cause: { name, message: "not shown: it may quote values" },
  });
}
