import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AwsSecret } from "./aws/rotate.js";
import type { Place } from "./bare.js";
import type { Rotation } from "./rotation.js";

export type Task = { readonly place: Place } & (
  | { readonly way: "bare"; readonly secretId: string }
  | { readonly way: "aws"; readonly secret: AwsSecret }
);

export interface Elsewhere {
  rotate(): Promise<Rotation>;
  stop(): void;
}

/** Rotates in a process of its own: who calls AWS is never in the one that answers, and neither are the cloud's functions. */
export function elsewhere(task: Task): Elsewhere {
  const child = fork(fileURLToPath(new URL("elsewhere.ts", import.meta.url)), [JSON.stringify(task)], {
    execArgv: ["--import", "tsx"],
    // Standard output is for the figures.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`What rotates in the way "${task.way}" ended with ${code}.`);
  });
  died.catch(() => undefined);
  return {
    async rotate() {
      child.send("rotate");
      const [{ rotation, failed }] = await Promise.race([once(child, "message"), died]);
      if (failed) throw new Error(failed);
      return rotation;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}
