import { spawn } from "node:child_process";
import { once } from "node:events";
import { inject, onTestFinished } from "vitest";
import { sdkEnvironment } from "../../src/local/sdk-environment.js";
import type { useCloud } from "../tools/cloud.js";
import { until } from "../tools/until.js";

export interface Program {
  /** Everything it has said so far, and where. */
  readonly output: () => string;
  /** Waits until it has said so, and fails when it ended without. */
  said(text: string | RegExp): Promise<void>;
  /** Its exit code. */
  ended(): Promise<number | null>;
  /** Asks it to end, as Ctrl-C does, and waits. */
  stop(): Promise<number | null>;
}

/** Starts a program of `examples/`, with what `npm run local` has its user export. It does not outlive the test. */
export function start(
  keyturn: ReturnType<typeof useCloud>,
  folder: string,
  [command = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    cwd: `examples/${folder}`,
    env: {
      ...process.env,
      ...sdkEnvironment(keyturn.cloud.clientConfig),
      PGSSLROOTCERT: inject("postgres").caFile,
      ...environment,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const closed = once(child, "close");
  const ended = async () => (await closed)[0] as number | null;
  return {
    output: () => output,
    async said(text) {
      const found = () => (typeof text === "string" ? output.includes(text) : text.test(output));
      await until(() => found() || child.exitCode !== null);
      if (!found()) throw new Error(`It ended without having said ${text}:\n${output}`);
    },
    ended,
    stop() {
      child.kill("SIGINT");
      return ended();
    },
  };
}
