import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Loaded } from "./answer.js";
import { type LambdaFunction, lambdaVariables } from "./function.js";

/** One of a function's environments: a worker thread, which loads the function once and answers one event at a time. */
export interface Environment {
  readonly worker: Worker;
  /** When it has loaded, or its time for that is up. */
  readonly init: Promise<void>;
}

/** Milliseconds that an environment has for its start; what is left of it then counts against the function's own time. */
const INIT_MS = 10_000;

/** `code`: the function's unpacked file. Keeps no process alive by itself. */
export function startEnvironment(fn: LambdaFunction, code: string): Environment {
  const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
    workerData: { file: pathToFileURL(code).href, exportName: fn.handler.slice(fn.handler.lastIndexOf(".") + 1) },
    env: { ...fn.environment, ...lambdaVariables(fn) },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.setMaxListeners(20);
  worker.unref();
  return { worker, init: initOf(worker) };
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
