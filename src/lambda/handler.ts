import { KeyturnError } from "../errors.js";
import { about, begin, type Identified, type LambdaContext, log } from "./log.js";

/**
 * Wraps what a Lambda function does. An error of ours goes out as it is; any other is a bug, and because its message
 * may quote what it was working on, only its name and place in the code go out. Logs one line of JSON an invocation, with
 * the execution's ARN as correlation id: identifiers only, never the event.
 */
export function handler<Input, Output>(
  work: (input: Input) => Promise<Output>,
  identifiersOf: (input: Input) => Identified,
): (input: Input, context?: LambdaContext) => Promise<Output> {
  return async (input, context) => {
    const start = performance.now();
    const ms = () => Math.round(performance.now() - start);
    begin(context);
    try {
      about(identifiersOf(input));
      const output = await work(input);
      log.done({ ms: ms() });
      return output;
    } catch (thrown) {
      const error = thrown instanceof KeyturnError ? thrown : unexpected(thrown);
      const { name, code, message, cause } = error;
      log.failed({ ms: ms(), error: { name, code, message, cause } });
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
