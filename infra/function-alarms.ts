import { alarm } from "./alarm.js";
import type { Resource, Resources } from "./cloudformation.js";

/** A function as serverless.yml names it, and its time-out in seconds. */
export interface DeployedFunction {
  readonly name: string;
  readonly timeout: number;
}

/** Of an alarm on a math expression: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html */
const MOST_METRICS = 10;

/** Of its time-out. */
const NEAR = 0.8;

/**
 * Tells of functions that Lambda does not let run, and of those that come near their time-out: what takes so long today is cut
 * off tomorrow, in the midst of what it does. By Lambda's own metrics, which are there without a line of log.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function functionAlarms(functions: readonly DeployedFunction[]): Resources {
  const timeOuts = [...new Set(functions.map(({ timeout }) => timeout))].sort((a, b) => a - b);
  return Object.fromEntries([
    ...alarms("Throttled", functions, (names, watched) =>
      alarm(`Lambda did not let one of these run, because too much ran at once: ${names}.`, watched("Throttles")),
    ),
    ...timeOuts.flatMap((timeout) =>
      alarms(
        `NearTimeOut${timeout}s`,
        functions.filter((one) => one.timeout === timeout),
        (names, watched) =>
          alarm(`One of these took more than ${timeout * NEAR} of the ${timeout} seconds that it has: ${names}.`, {
            ...watched("Duration"),
            longest: true,
            above: timeout * NEAR * 1_000,
          }),
      ),
    ),
  ]);
}

type Watching = (metric: string) => Parameters<typeof alarm>[1];

/** As many alarms of one kind as it takes. */
function alarms(
  kind: string,
  functions: readonly DeployedFunction[],
  make: (names: string, watched: Watching) => Resource,
): Array<[string, Resource]> {
  const all = chunks(functions);
  return all.map((some, index) => [
    `${kind}Alarm${all.length > 1 ? index + 1 : ""}`,
    make(some.map(({ name }) => name).join(", "), (metric) => ({
      namespace: "AWS/Lambda",
      watched: some.map(({ name }) => ({ name: metric, dimensions: { FunctionName: { Ref: resourceOf(name) } } })),
    })),
  ]);
}

/** As osls calls it. */
export function resourceOf(name: string): string {
  return `${name.replace(/^./, (first) => first.toUpperCase())}LambdaFunction`;
}

function chunks(functions: readonly DeployedFunction[]): DeployedFunction[][] {
  const count = Math.ceil(functions.length / MOST_METRICS);
  const size = Math.ceil(functions.length / count);
  return Array.from({ length: count }, (_, index) => functions.slice(index * size, (index + 1) * size));
}
