import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Cloud } from "../../src/local/cloud.js";
import { sdkEnvironment } from "../../src/local/sdk-environment.js";
import type { Seen, Task } from "./messages.js";

export interface Application {
  readonly task: Task;
  /** Ends it and gives what it saw. */
  stop(): Promise<Seen>;
  kill(): void;
}

/** Starts an application, and waits until it runs. */
export async function startApplication(cloud: Cloud, task: Task): Promise<Application> {
  const child = fork(fileURLToPath(new URL("application.ts", import.meta.url)), [JSON.stringify(task)], {
    execArgv: ["--import", "tsx"],
    env: {
      ...process.env,
      ...sdkEnvironment(cloud.clientConfig),
    },
    // Standard output is for the figures.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  await message(child, task);
  return {
    task,
    async stop() {
      const seen = message(child, task);
      child.send("stop");
      return (await seen) as Seen;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

async function message(child: ChildProcess, { application, driver }: Task): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([said]) => said),
      once(child, "exit", stop).then(([code]) => {
        throw new Error(`The application (${application}, ${driver}) ended with ${code}.`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}
