import type { Worker } from "node:worker_threads";
import { FunctionError } from "../service.js";
import type { Death, LambdaFunction } from "./function.js";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;

/** What a worker says first, once it has loaded the function. */
export interface Loaded {
  readonly loaded: true;
}

type Answer = { readonly output: string } | { readonly error: { readonly type: string; readonly message: string } };

/**
 * Hands an event to a worker and waits for its answer, until the function's time is up or the worker is gone. `init`: when
 * that time begins. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
export function answer(
  worker: Worker,
  fn: LambdaFunction,
  requestId: string,
  event: unknown,
  init: Promise<void>,
  death: () => Death | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let settled = false;
    const settle = (act: () => void) => {
      settled = true;
      clearTimeout(timer);
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      worker.off("error", onExit);
      worker.unref();
      act();
    };
    const onMessage = (said: Answer | Loaded) => {
      if ("loaded" in said) return;
      settle(() => {
        if ("error" in said) return reject(new FunctionError(said.error.type, said.error.message));
        if (Buffer.byteLength(said.output) > PAYLOAD_LIMIT) {
          return reject(
            new FunctionError(
              "Function.ResponseSizeTooLarge",
              "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            ),
          );
        }
        resolve(JSON.parse(said.output));
      });
    };
    const onExit = () =>
      settle(() => reject(death() === "Sandbox.Timedout" ? timedOut(requestId, fn) : exited(requestId)));
    void init.then(() => {
      if (!settled) timer = setTimeout(() => settle(() => reject(timedOut(requestId, fn))), fn.timeoutMs);
    });
    worker.on("message", onMessage);
    worker.on("exit", onExit);
    worker.on("error", onExit);
    worker.ref();
    worker.postMessage({
      event,
      context: {
        awsRequestId: requestId,
        functionName: fn.name,
        functionVersion: "$LATEST",
        invokedFunctionArn: fn.arn,
        memoryLimitInMB: String(fn.memoryMb),
        logGroupName: `/aws/lambda/${fn.name}`,
        timeoutMs: fn.timeoutMs,
      },
    });
  });
}

function timedOut(requestId: string, { timeoutMs }: LambdaFunction): FunctionError {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return new FunctionError(
    "Sandbox.Timedout",
    `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  );
}

function exited(requestId: string): FunctionError {
  return new FunctionError(
    "Runtime.ExitError",
    `RequestId: ${requestId} Error: Runtime exited with error: exit status 1`,
  );
}
