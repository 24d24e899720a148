/** Bytes of an input or output. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const DATA_LIMIT = 262_144;

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
      if (waitsAsSaid(value)) return asTask(value);
      if (typeof value === "string" && key.endsWith(".$"))
        return value.replace(MERGED_INTO, "$1States.StringToJson(States.JsonToString($2))");
      return TIMES.has(key) && typeof value === "number" ? value / speed : value;
    }),
  ) as Definition;
}

/** The interpreter writes what comes of a merge into its first argument, too: so that becomes a copy. */
const MERGED_INTO = /(States\.JsonMerge\(\s*)(\$[^,\s]*)/g;

/** A Wait for as long as the input says: the interpreter can hurry only those of a length that is known. */
export function waitsAsSaid(state: unknown): state is State {
  return typeof state === "object" && state !== null && ("TimestampPath" in state || "SecondsPath" in state);
}

/** The same as a task, of which `run` does the waiting; what it answers is dropped. */
function asTask({ TimestampPath, SecondsPath, ...state }: State): State {
  return {
    ...state,
    Type: "Task",
    Resource: "wait",
    Parameters: TimestampPath === undefined ? { "seconds.$": SecondsPath } : { "until.$": TimestampPath },
    ResultPath: null,
    TimeoutSeconds: LONGEST_SECONDS,
  };
}

/** What a timer of Node.js takes, 24 days. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_SECONDS = Math.floor((2 ** 31 - 1) / 1000);

/** Waits only: work takes as long as it takes, so a time-out keeps its length. */
const TIMES: ReadonlySet<string> = new Set(["Seconds", "IntervalSeconds", "MaxDelaySeconds"]);
