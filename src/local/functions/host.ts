import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, type WriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { unzipSync } from "fflate";
import { FunctionError } from "../service.js";

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly zip: string;
  /** `functions/plan.handler` */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Its own variables; Lambda's are added. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What Lambda says of a function that gave no answer. */
export type Death = "Runtime.ExitError" | "Sandbox.Timedout";

export interface FunctionHost {
  /** Runs the function. Throws `FunctionError` as Lambda tells it. */
  invoke(payload: unknown): Promise<unknown>;
  /** Ends every environment that is at work. */
  kill(death: Death): Promise<void>;
  stop(): Promise<void>;
}

/** As many environments of one function as are kept; further events wait. */
const MOST_WORKERS = 4;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;

/** Runs a packaged function in worker threads, which stay warm as Lambda's environments do. */
export function functionHost(fn: LambdaFunction, folders: { code: string; logs: string }): FunctionHost {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Array<() => void> = [];
  const deaths = new WeakMap<Worker, Death>();
  let file: Promise<string> | undefined;
  let log: WriteStream | undefined;

  async function worker(): Promise<Worker> {
    file ??= unpacked(fn, folders.code);
    const code = await file;
    const warm = idle.pop();
    if (warm) return warm;
    if (all.size >= MOST_WORKERS) {
      await new Promise<void>((resolve) => queue.push(resolve));
      return worker();
    }
    log ??= createWriteStream(join(folders.logs, `${fn.name}.log`), { flags: "a", mode: 0o600 }).setMaxListeners(0);
    const exportName = fn.handler.slice(fn.handler.lastIndexOf(".") + 1);
    const started = new Worker(new URL("./worker.mjs", import.meta.url), {
      workerData: { file: pathToFileURL(code).href, exportName },
      env: { ...fn.environment, ...lambdaVariables(fn) },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    started.setMaxListeners(20);
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    // It may also die between two events, of what a handler left running behind its answer. Only the name is written:
    // the message may quote anything.
    started.on("error", (thrown: Error | null) =>
      log?.write(`The environment ended by an uncaught ${thrown?.name ?? "value"}.\n`),
    );
    started.on("exit", () => forget(started));
    started.unref();
    all.add(started);
    return started;
  }

  function forget(dead: Worker): void {
    all.delete(dead);
    if (idle.includes(dead)) idle.splice(idle.indexOf(dead), 1);
    queue.shift()?.();
  }

  function release(used: Worker, reusable: boolean): void {
    if (!reusable) return void used.terminate();
    idle.push(used);
    queue.shift()?.();
  }

  async function end(workers: Iterable<Worker>): Promise<void> {
    await Promise.all([...workers].map((one) => one.terminate()));
  }

  return {
    async invoke(payload) {
      const used = await worker();
      const requestId = randomUUID();
      try {
        const output = await answer(used, fn, requestId, payload, () => deaths.get(used));
        release(used, true);
        return output;
      } catch (error) {
        const { errorType } = error as FunctionError;
        release(used, errorType !== "Sandbox.Timedout" && errorType !== "Runtime.ExitError");
        throw error;
      }
    },
    async kill(death) {
      const busy = [...all].filter((one) => !idle.includes(one));
      for (const one of busy) deaths.set(one, death);
      await end(busy);
    },
    async stop() {
      queue.length = 0;
      idle.length = 0;
      await end(all);
      log?.end();
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime, as far as they say something here. */
function lambdaVariables({ name, memoryMb }: LambdaFunction): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  };
}

type Answer = { readonly output: string } | { readonly error: { readonly type: string; readonly message: string } };

function answer(
  worker: Worker,
  fn: LambdaFunction,
  requestId: string,
  event: unknown,
  death: () => Death | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      worker.off("error", onExit);
      worker.unref();
      act();
    };
    const onMessage = (said: Answer) =>
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
    const onExit = () =>
      settle(() => reject(death() === "Sandbox.Timedout" ? timedOut(requestId, fn) : exited(requestId)));
    const timer = setTimeout(() => settle(() => reject(timedOut(requestId, fn))), fn.timeoutMs);
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
        deadline: Date.now() + fn.timeoutMs,
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

/**
 * Unzips the package once; under a name with its hash, so that a new package is a new folder, and whole from the moment that
 * it has that name, so that several may do it at once.
 */
async function unpacked({ name, zip, handler }: LambdaFunction, folder: string): Promise<string> {
  const bytes = await readFile(zip);
  const home = join(folder, `${name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`);
  const file = join(home, `${handler.slice(0, handler.lastIndexOf("."))}.mjs`);
  if (existsSync(file)) return file;
  const half = `${home}-${randomUUID()}`;
  for (const [path, content] of Object.entries(unzipSync(bytes))) {
    if (path.endsWith("/")) continue;
    await mkdir(dirname(join(half, path)), { recursive: true });
    await writeFile(join(half, path), content);
  }
  try {
    await rename(half, home);
  } catch (error) {
    if (!existsSync(file)) throw error;
    // Another was sooner, and what it unzipped is at work already.
    await rm(half, { recursive: true });
  }
  return file;
}
