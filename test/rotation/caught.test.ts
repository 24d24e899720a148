import { describe, expect, it } from "vitest";
import { readCaught } from "../../src/rotation/caught.js";

const cause = (errorMessage: unknown) => JSON.stringify({ errorType: "x", errorMessage });

describe("an error that a Catch hands on", () => {
  it.each<[string, object, object]>([
    [
      "of ours has its code, and its text without it",
      { Error: "ConflictError", Cause: cause("CurrentMoved: It was moved.") },
      { name: "ConflictError", code: "CurrentMoved", message: "It was moved." },
    ],
    [
      "of ours without a code goes by its name",
      { Error: "InternalError", Cause: cause("of ours") },
      { name: "InternalError", code: "InternalError", message: "of ours" },
    ],
    [
      "of Lambda goes by its name, whatever word its message begins with",
      { Error: "Runtime.ExitError", Cause: cause("RequestId: 1 Error: exited") },
      { name: "Runtime.ExitError", code: "Runtime.ExitError", message: "RequestId: 1 Error: exited" },
    ],
    [
      "of Step Functions has plain text",
      { Error: "States.Timeout", Cause: "It took too long." },
      { name: "States.Timeout", code: "States.Timeout", message: "It took too long." },
    ],
    [
      "whose JSON has no message is told as it is",
      { Error: "Lambda.Unknown", Cause: '{"a":1}' },
      { name: "Lambda.Unknown", code: "Lambda.Unknown", message: '{"a":1}' },
    ],
    [
      "that says nothing says where to look",
      { Error: "States.Timeout" },
      { name: "States.Timeout", code: "States.Timeout", message: expect.stringContaining("Its log says more") },
    ],
    ["without a name is unknown", {}, { name: "Unknown", code: "Unknown", message: expect.any(String) }],
  ])("%s", (_, caught, read) => {
    expect(readCaught(caught)).toEqual(read);
  });
});
