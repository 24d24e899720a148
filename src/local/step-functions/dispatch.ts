import { type Caller, FunctionError, ServiceError, type Surroundings } from "../service.js";

/** An error as a state machine sees it: `name` is what Retry and Catch match, the message is the `Cause`. */
export class TaskError extends Error {
  constructor(
    override readonly name: string,
    cause: string,
    /** False for what no Retry and no Catch sees. */
    readonly isCatchable = true,
  ) {
    super(cause);
  }
  get isRetryable(): boolean {
    return this.isCatchable;
  }
}

export interface Child {
  readonly executionArn: string;
  readonly ended: Promise<Readonly<Record<string, unknown>>>;
}

/** What a task may reach. */
export interface Reach {
  readonly surroundings: Pick<Surroundings, "call">;
  /** The machine's role. */
  readonly caller: Caller;
  /** The execution that a machine has started, for `.sync`. */
  readonly child: (executionArn: string) => Child["ended"];
}

type Input = Readonly<Record<string, unknown>>;
type Task = (input: Input, reach: Reach) => Promise<unknown>;

const OPTIMIZED = "arn:aws:states:::";

/** https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html */
const TASKS: Readonly<Record<string, Task>> = {
  "lambda:invoke": async ({ FunctionName, Payload }, { surroundings, caller }) => {
    const { Payload: answer } = await surroundings.call("lambda", "Invoke", { FunctionName, Payload }, caller);
    return { ExecutedVersion: "$LATEST", Payload: answer ?? null, StatusCode: 200 };
  },

  "events:putEvents": async (input, { surroundings, caller }) => {
    const entries = (input.Entries as Input[]).map((entry) => ({
      ...entry,
      Detail: typeof entry.Detail === "string" ? entry.Detail : JSON.stringify(entry.Detail),
    }));
    const answer = await surroundings.call("events", "PutEvents", { ...input, Entries: entries }, caller);
    if (Number(answer.FailedEntryCount) > 0) throw new TaskError("EventBridge.FailedEntry", JSON.stringify(answer));
    return answer;
  },

  "sns:publish": async ({ Message, ...input }, { surroundings, caller }) =>
    surroundings.call(
      "sns",
      "Publish",
      { ...input, Message: typeof Message === "string" ? Message : JSON.stringify(Message) },
      caller,
    ),

  "states:startExecution": (input, reach) => start(input, reach),

  "states:startExecution.sync:2": async (input, reach) => {
    const { executionArn } = (await start(input, reach)) as { executionArn: string };
    const ended = await reach.child(executionArn);
    if (ended.Status !== "SUCCEEDED") throw new TaskError("States.TaskFailed", JSON.stringify(ended));
    return { ...ended, Input: JSON.parse(String(ended.Input)), Output: JSON.parse(String(ended.Output)) };
  },
};

async function start({ Input: input = {}, ...rest }: Input, { surroundings, caller }: Reach): Promise<Input> {
  const { StateMachineArn, Name } = rest as { StateMachineArn: string; Name?: string };
  const started = await surroundings.call(
    "states",
    "StartExecution",
    {
      stateMachineArn: StateMachineArn,
      ...(Name ? { name: Name } : {}),
      input: typeof input === "string" ? input : JSON.stringify(input),
    },
    caller,
  );
  return { executionArn: started.executionArn, startDate: started.startDate };
}

/** Does what a Task state says. Throws `TaskError`s only. */
export async function dispatch(resource: string, input: unknown, reach: Reach): Promise<unknown> {
  const task = taskFor(resource);
  if (!task) throw new TaskError("States.Runtime", `The embedded cloud has no ${resource}.`, false);
  try {
    return await task(input as Input, reach);
  } catch (error) {
    throw asTaskError(resource, error);
  }
}

export function isSupportedResource(resource: string): boolean {
  return taskFor(resource) !== undefined;
}

function taskFor(resource: string): Task | undefined {
  const optimized = resource.startsWith(OPTIMIZED) ? resource.slice(OPTIMIZED.length) : "";
  if (TASKS[optimized]) return TASKS[optimized];
  const [, service = "", operation = ""] = /^aws-sdk:([a-z]+):([a-zA-Z]+)$/.exec(optimized) ?? [];
  if (!SDK_SERVICES[service]) return undefined;
  return (input, { surroundings, caller }) =>
    surroundings.call(
      service,
      operation.replace(/^./, (first) => first.toUpperCase()),
      input,
      caller,
    );
}

/** As the integration with the SDK names a service's errors. */
const SDK_SERVICES: Readonly<Record<string, string>> = {
  secretsmanager: "SecretsManager",
  dynamodb: "DynamoDb",
  sns: "Sns",
  sqs: "Sqs",
};
const ERROR_PREFIXES: Readonly<Record<string, string>> = {
  lambda: "Lambda",
  events: "EventBridge",
  sns: "SNS",
  states: "StepFunctions",
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function asTaskError(resource: string, error: unknown): TaskError {
  if (error instanceof TaskError) return error;
  if (error instanceof FunctionError) {
    const { errorType, errorMessage, trace } = error;
    return new TaskError(errorType, JSON.stringify({ errorType, errorMessage, trace }));
  }
  const path = resource.slice(OPTIMIZED.length).split(":");
  const prefix = path[0] === "aws-sdk" ? SDK_SERVICES[path[1] ?? ""] : ERROR_PREFIXES[path[0] ?? ""];
  if (error instanceof ServiceError) {
    const name = /(Exception|Error)$/.test(error.code) ? error.code : `${error.code}Exception`;
    return new TaskError(`${prefix}.${name}`, error.message);
  }
  return new TaskError(`${prefix}.SdkClientException`, (error as Error).message);
}
