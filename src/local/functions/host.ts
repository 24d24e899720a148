import { randomUUID } from "node:crypto";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { FunctionError } from "../service.js";
import { answer } from "./answer.js";
import { type Environment, startEnvironment } from "./environment.js";
import type { Death, LambdaFunction } from "./function.js";
import { unpacked } from "./package.js";
import type { Warm } from "./warm.js";

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
  /** Where idle ones come from, and are left at the end. Default: each is started here, and ends here. */
  readonly warm?: Pick<Warm, "take" | "keep">;
}

/** Runs a packaged function in worker threads, which stay warm as Lambda's environments do. */
export function functionHost(
  fn: LambdaFunction,
  { code: codeDir, logs, environments = MOST_ENVIRONMENTS, variables = {}, mayLog = () => true, warm }: HostOptions,
): FunctionHost {
  const idle: Environment[] = [];
  const all = new Set<Environment>();
  const beside = new Set<Environment>();
  const queue: Array<() => void> = [];
  const deaths = new WeakMap<Environment, Death>();
  let file: Promise<string> | undefined;
  let startedWith = "";
  let log: WriteStream | undefined;
  let stopped = false;

  async function environment(isBeside: boolean): Promise<Environment> {
    file ??= unpacked(fn, codeDir);
    const code = await file;
    // Meanwhile: one that starts now would end with nobody.
    if (stopped) throw new FunctionError("Runtime.ExitError", `${fn.name} was stopped.`);
    const used = idle.pop();
    if (used) return used;
    if (!isBeside && all.size - beside.size >= environments) {
      await new Promise<void>((resolve) => queue.push(resolve));
      return environment(isBeside);
    }
    startedWith ||= JSON.stringify([code, fn]);
    return hold(warm?.take(startedWith) ?? startEnvironment(fn, code));
  }

  function hold(one: Environment): Environment {
    log ??= createWriteStream(join(logs, `${fn.name}.log`), { flags: "a", mode: 0o600 }).setMaxListeners(0);
    const logged = mayLog();
    const { worker } = one;
    for (const printed of [worker.stdout, worker.stderr]) {
      if (logged) printed.pipe(log, { end: false });
      else printed.resume();
    }
    // It may also die between two events, of what a handler left running behind its answer. Only the name is written:
    // the message may quote anything.
    worker.on("error", (thrown: Error | null) => {
      if (logged) log?.write(`The environment ended by an uncaught ${thrown?.name ?? "value"}.\n`);
    });
    worker.on("exit", () => forget(one));
    all.add(one);
    return one;
  }

  function forget(one: Environment): void {
    all.delete(one);
    beside.delete(one);
    if (idle.includes(one)) idle.splice(idle.indexOf(one), 1);
    queue.shift()?.();
  }

  function release(used: Environment, reusable: boolean): void {
    beside.delete(used);
    if (!reusable || idle.length >= environments) return void used.worker.terminate();
    idle.push(used);
    queue.shift()?.();
  }

  function leave({ keep }: Pick<Warm, "keep">): void {
    for (const one of idle) {
      one.worker.removeAllListeners("exit").removeAllListeners("error");
      for (const printed of [one.worker.stdout, one.worker.stderr]) printed.unpipe();
      all.delete(one);
      keep(startedWith, one);
    }
  }

  async function end(those: Iterable<Environment>): Promise<void> {
    await Promise.all([...those].map(({ worker }) => worker.terminate()));
  }

  return {
    variables,
    async invoke(payload, isBeside = false) {
      const used = await environment(isBeside);
      if (isBeside) beside.add(used);
      const requestId = randomUUID();
      try {
        const output = await answer(used.worker, fn, requestId, payload, used.init, () => deaths.get(used));
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
      if (warm) leave(warm);
      idle.length = 0;
      await end(all);
      log?.end();
    },
  };
}
