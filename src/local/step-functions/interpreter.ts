/** What is used of `aws-local-stepfunctions`. Its own types close over the definition's exact shape. */
export interface Interpreter {
  readonly StateMachine: new (
    definition: unknown,
    options: unknown,
  ) => { run(input: unknown, options: unknown): Interpreted };
}

/** An execution under way. */
export interface Interpreted {
  abort(): void;
  readonly result: Promise<unknown>;
  readonly eventLogs: AsyncGenerator<InterpreterEvent>;
}

export interface InterpreterEvent {
  readonly type: string;
  readonly timestamp: number;
  readonly state?: { readonly name: string; readonly type: string; readonly input: unknown; readonly output?: unknown };
  readonly parentState?: { readonly name: string };
  readonly index?: number;
  readonly Error?: string;
  readonly Cause?: unknown;
  readonly output?: unknown;
  readonly input?: unknown;
}

/** Node 20 lacks `Promise.withResolvers`, which the interpreter needs; so it is there before the import. */
export async function loadInterpreter(): Promise<Interpreter> {
  const promise = Promise as unknown as { withResolvers?: () => unknown };
  promise.withResolvers ??= function withResolvers() {
    let resolve: unknown;
    let reject: unknown;
    const made = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise: made, resolve, reject };
  };
  return (await import("aws-local-stepfunctions")) as unknown as Interpreter;
}
