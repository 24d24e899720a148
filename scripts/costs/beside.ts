import { markdown } from "../tables/markdown.js";
import { dollarsOf } from "./dollars.js";
import { ROTATION, type Usage } from "./usage.js";

const ROTATIONS = 1_000;

/**
 * Of Lambda's durable functions, an operation: https://aws.amazon.com/lambda/pricing/, as it was written down on 2026-09-20 in
 * https://github.com/api-evangelist/aws-lambda. What they ask for the data that they write and keep was not to be found.
 */
export const DURABLE_OPERATION_DOLLARS = 8 / 1e6;

/** A step for each piece of work that is a function here, and one for the start: no wait, no try that failed. */
const DURABLE_OPERATIONS = ROTATION.invocations;

const NONE: Usage = { transitions: 0, invocations: 0, secretCalls: 0, reads: 0, writes: 0, events: 0 };

/** Four steps: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html; its calls are counted in bench/. */
const AWS_FUNCTION: Usage = { ...NONE, invocations: 4, secretCalls: 14 };

/** Beside Keyturn: the function of AWS's samples, and the same workflow written as one durable function. */
const WAYS = [
  { way: "Keyturn", usage: ROTATION, operations: 0 },
  { way: "AWS's rotation function", usage: AWS_FUNCTION, operations: 0 },
  { way: "a durable function", usage: { ...ROTATION, transitions: 0 }, operations: DURABLE_OPERATIONS },
] as const;

const PARTS: ReadonlyArray<readonly [what: string, of: readonly (keyof Usage)[]]> = [
  ["states, or durable operations", ["transitions"]],
  ["functions: invocations, their time, their logs", ["invocations"]],
  ["calls of Secrets Manager", ["secretCalls"]],
  ["lock and audit record in DynamoDB", ["reads", "writes"]],
  ["the announcement", ["events"]],
];

/** What a thousand rotations cost, each way, in dollars. */
export function besideTable(): string {
  const partOf = ({ usage, operations }: (typeof WAYS)[number], of: readonly (keyof Usage)[]) =>
    dollarsOf({ ...NONE, ...Object.fromEntries(of.map((name) => [name, usage[name]])) }) +
    (of.includes("transitions") ? operations * DURABLE_OPERATION_DOLLARS : 0);
  const cells = (of: readonly (keyof Usage)[]) => WAYS.map((way) => (partOf(way, of) * ROTATIONS).toFixed(3));
  const all = PARTS.flatMap(([, of]) => of);
  return markdown([
    ["Dollars, 1,000 rotations", ...WAYS.map(({ way }) => way)],
    ...PARTS.map(([what, of]) => [what, ...cells(of)]),
    ["**together**", ...cells(all)],
  ]);
}
