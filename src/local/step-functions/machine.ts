/** A state machine of the template, its substitutions made. */
export interface Machine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly type: "STANDARD" | "EXPRESS";
  readonly definition: Definition;
}

export interface Definition {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
  readonly [field: string]: unknown;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly [field: string]: unknown;
}

/**
 * A definition as the interpreter is to run it: every wait in it divided by the speed, and the start time taken from a
 * place where it is the very one that DescribeExecution tells; the interpreter makes one of its own, later by a moment.
 */
export function prepared(definition: Definition, speed: number): Definition {
  return JSON.parse(
    JSON.stringify(definition, (key, value) => {
      if (value === "$$.Execution.StartTime") return "$$.StartTime";
      return TIMES.has(key) && typeof value === "number" ? value / speed : value;
    }),
  ) as Definition;
}

/** Waits only: work takes as long as it takes, so a time-out keeps its length. */
const TIMES: ReadonlySet<string> = new Set(["Seconds", "IntervalSeconds", "MaxDelaySeconds"]);
