import type { Difference } from "./differences.js";

/** A difference that is known, and of which AWS's documentation says, or leaves open, who is right. */
export interface Judged {
  /** What the embedded cloud's interpreter does. */
  readonly what: string;
  readonly page: string;
  readonly is: (difference: Difference) => boolean;
}

const ERROR_HANDLING = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html";

/** What the second interpreter does as AWS, and the first does not. What is the other way round is in `mends.py`. */
export const JUDGED: readonly Judged[] = [
  {
    what: "States.StringToJson of what is no JSON fails as SyntaxError, not as States.IntrinsicFailure",
    page: ERROR_HANDLING,
    is: ({ where, first, second }) =>
      (/Error$/.test(where) && first === "SyntaxError" && second === "States.IntrinsicFailure") ||
      /, Page lost\.input\.results\.Cause$/.test(where),
  },
  {
    what: "The Cause of States.Runtime is a sentence of its own",
    page: ERROR_HANDLING,
    is: ({ where, first }) =>
      where === "end.cause" && /^Path expression .* does not point to a value$/.test(String(first)),
  },
];
