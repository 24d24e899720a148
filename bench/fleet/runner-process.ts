import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TEMPLATE } from "../../infra/package.mjs";
import { freePort } from "../../stage/servers/debian.js";
import type { Place } from "../bare.js";
import type { Tally } from "./tally.js";

export interface RunnerOptions {
  readonly templateFile: string;
  readonly dataDir: string;
  readonly port: number;
  /** How many times faster waits between retries pass. Default: 1. */
  readonly speed?: number;
  /** The most of one function; by default as many as `npm run local` has. */
  readonly environments?: number;
  readonly caFile: string;
}

/** What the cloud is told to do. */
export type Order =
  | { readonly do: "run"; readonly input: object; readonly rotations?: number }
  | { readonly do: "recover" };

/** What a run of a fleet came to. */
export interface Ran extends Tally {
  /** From its start to the end of its last execution, or to that of the rotations that were waited for. */
  readonly seconds: number;
  /** The most memory that the cloud's process, its functions among it, has had. */
  readonly peakMb: number;
  /** In which anything was to be done. */
  readonly waves: number;
  /** Of the last execution. */
  readonly status: string;
  readonly summary: { readonly rotated?: number };
  readonly cause?: string;
}

export interface Runner {
  readonly place: Place;
  /** Runs a fleet to its end, and all that follows; or until so many of its rotations have ended well. */
  run(input: object, rotations?: number): Promise<Ran>;
  /** Waits until all is at rest, with what the scheduled recovery brings to rest by tomorrow. */
  recover(): Promise<void>;
  /** SIGKILL, and a new start on what is on disk. */
  killAndStart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRunner(
  options: Pick<RunnerOptions, "speed" | "environments" | "caFile">,
  interrupted: AbortSignal,
): Promise<Runner> {
  const dataDir = await mkdtemp(join(tmpdir(), "keyturn-fleet-"));
  const whole: RunnerOptions = { ...options, templateFile: TEMPLATE, dataDir, port: await freePort() };
  let child: ChildProcess;
  let place: Place;

  async function start(): Promise<void> {
    child = fork(fileURLToPath(new URL("runner.ts", import.meta.url)), [JSON.stringify(whole)], {
      execArgv: ["--import", "tsx"],
      // Standard output is for the figures.
      stdio: ["ignore", 2, 2, "ipc"],
    });
    ({ place } = await heard<{ place: Place }>(child));
  }

  async function tell<Answer>(order: Order): Promise<Answer> {
    interrupted.throwIfAborted();
    child.send(order);
    const { answer, failed } = await heard<{ answer: Answer; failed?: string }>(child, interrupted);
    if (failed) throw new Error(failed);
    return answer;
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async function stop(): Promise<void> {
    await kill();
    await rm(dataDir, { recursive: true, force: true });
  }

  await start().catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    get place() {
      return place;
    },
    run: (input, rotations) => tell({ do: "run", input, ...(rotations === undefined ? {} : { rotations }) }),
    recover: () => tell({ do: "recover" }),
    async killAndStart() {
      await kill();
      await start();
    },
    stop,
  };
}

/** What it says next. Throws where it dies instead. */
async function heard<Said>(child: ChildProcess, signal?: AbortSignal): Promise<Said> {
  const over = new AbortController();
  const until = { signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal };
  const died = once(child, "exit", until).then(([code, by]): never => {
    throw new Error(`The cloud of the fleets ended with ${code ?? by}.`);
  });
  try {
    const [said] = await Promise.race([once(child, "message", until), died]);
    return said as Said;
  } finally {
    over.abort();
    died.catch(() => undefined);
  }
}
