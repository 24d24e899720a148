import { ServiceError } from "../service.js";
import type { Execution } from "./executions.js";
import { DATA_LIMIT } from "./machine.js";

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#API_StartExecution_RequestSyntax */
export function checkName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (name.length >= 1 && name.length <= 80 && !/[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/.test(name))
    return;
  throw new ServiceError("InvalidName", `Invalid Name: '${name}'`);
}

/** Throws InvalidExecutionInput for what is no JSON, or too much of it. */
export function parseInput(input: string): unknown {
  if (Buffer.byteLength(input) > DATA_LIMIT) {
    throw new ServiceError("InvalidExecutionInput", "The input is longer than 262144 bytes.");
  }
  try {
    return JSON.parse(input);
  } catch {
    throw new ServiceError("InvalidExecutionInput", `Invalid State Machine Execution Input: 'not JSON'`);
  }
}

/** An execution as DescribeExecution writes it. */
export function described({
  arn,
  machineArn,
  name,
  status,
  startDate,
  stopDate,
  input,
  output,
  error,
  cause,
}: Execution) {
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: startDate / 1000,
    ...(stopDate === undefined ? {} : { stopDate: stopDate / 1000 }),
    input,
    inputDetails: { included: true },
    ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** As the integration with Step Functions itself writes it. */
export function capitalized(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key.replace(/^./, (first) => first.toUpperCase()), value]),
  );
}

/** An event of a history without what went in and came out. */
export function withoutData(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(
    JSON.stringify(event, (key, value) =>
      ["input", "output", "parameters", "cause"].includes(key) ? undefined : value,
    ),
  );
}

export function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
