import { randomUUID } from "node:crypto";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { FunctionError } from "../service.js";
import { answer, type Loaded } from "./answer.js";
import { type Death, type LambdaFunction, lambdaVariables } from "./function.js";
import { unpacked } from "./package.js";

export interface FunctionHost {
  /** What its template and the cloud's options put into its environment: nothing of its role's key. Absent: nobody's to see. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Runs the function. Throws `FunctionError` as Lambda tells it. `beside`: in an environment that is not counted, because the
   * event may wait for others of the same function.
   */
  invoke(payload: unknown, beside?: boolean): Promise<unknown>;
  /** Ends every environment that is at work. */
  kill(death: Death): Promise<void>;
  stop(): Promise<void>;
}

const MOST_ENVIRONMENTS = 4;

/** Milliseconds that an environment has for its start; what is left of it then counts against the function's own time. */
const INIT_MS = 10_000;

export interface HostOptions {
  /** The folders where packages are unpacked, and where logs are written. */
  readonly code: string;
  readonly logs: string;
  /** As many of the function as are kept; further events wait, but those that are beside. Default: 4. */
  readonly environments?: number;
  /** For whoever asks for the function's configuration. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Asked for each new environment; without the right what it prints is lost. Default: it may. */
  readonly mayLog?: () => boolean;
}

/** Runs a packaged function in worker threads, which stay warm as Lambda's environments do. */
export function functionHost(
  fn: LambdaFunction,
  { code: codeDir, logs, environments = MOST_ENVIRONMENTS, variables = {}, mayLog = () => true }: HostOptions,
): FunctionHost {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const beside = new Set<Worker>();
  const queue: Array<() => void> = [];
  const deaths = new WeakMap<Worker, Death>();
  const inits = new WeakMap<Worker, Promise<void>>();
  let file: Promise<string> | undefined;
  let log: WriteStream | undefined;
  let stopped = false;

  async function worker(isBeside: boolean): Promise<Worker> {
    file ??= unpacked(fn, codeDir);
    const code = await file;
    // Meanwhile: a worker that starts now would end with nobody.
    if (stopped) throw new FunctionError("Runtime.ExitError", `${fn.name} was stopped.`);
    const warm = idle.pop();
    if (warm) return warm;
    if (!isBeside && all.size - beside.size >= environments) {
      await new Promise<void>((resolve) => queue.push(resolve));
      return worker(isBeside);
    }
    log ??= createWriteStream(join(logs, `${fn.name}.log`), { flags: "a", mode: 0o600 }).setMaxListeners(0);
    const exportName = fn.handler.slice(fn.handler.lastIndexOf(".") + 1);
    const started = new Worker(new URL("./worker.mjs", import.meta.url), {
      workerData: { file: pathToFileURL(code).href, exportName },
      env: { ...fn.environment, ...lambdaVariables(fn) },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    started.setMaxListeners(20);
    const logged = mayLog();
    for (const printed of [started.stdout, started.stderr]) {
      if (logged) printed.pipe(log, { end: false });
      else printed.resume();
    }
    // It may also die between two events, of what a handler left running behind its answer. Only the name is written:
    // the message may quote anything.
    started.on("error", (thrown: Error | null) => {
      if (logged) log?.write(`The environment ended by an uncaught ${thrown?.name ?? "value"}.\n`);
    });
    started.on("exit", () => forget(started));
    started.unref();
    all.add(started);
    inits.set(started, initOf(started));
    return started;
  }

  function forget(dead: Worker): void {
    all.delete(dead);
    beside.delete(dead);
    if (idle.includes(dead)) idle.splice(idle.indexOf(dead), 1);
    queue.shift()?.();
  }

  function release(used: Worker, reusable: boolean): void {
    beside.delete(used);
    if (!reusable || idle.length >= environments) return void used.terminate();
    idle.push(used);
    queue.shift()?.();
  }

  async function end(workers: Iterable<Worker>): Promise<void> {
    await Promise.all([...workers].map((one) => one.terminate()));
  }

  return {
    variables,
    async invoke(payload, isBeside = false) {
      const used = await worker(isBeside);
      if (isBeside) beside.add(used);
      const requestId = randomUUID();
      try {
        const output = await answer(used, fn, requestId, payload, inits.get(used) ?? Promise.resolve(), () =>
          deaths.get(used),
        );
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
      stopped = true;
      for (const resume of queue.splice(0)) resume();
      idle.length = 0;
      await end(all);
      log?.end();
    },
  };
}

function initOf(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, INIT_MS).unref();
    worker.on("message", (said: Partial<Loaded>) => {
      if (!said.loaded) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
