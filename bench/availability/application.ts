// An application in a process of its own: holds some connections open, opens and closes others as fast as it can.
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isRejection } from "../../packages/client/src/client.js";
import { opener } from "./drivers.js";
import { loginCounter } from "./logins.js";
import type { Seen, Task } from "./messages.js";

// In the cloud applications do not take the processor from the functions.
setPriority(5);
// Ctrl-C reaches every process of the terminal: who started this one ends it.
process.on("SIGINT", () => undefined);
// Whoever started it has died.
process.once("disconnect", () => process.exit(1));

const task = JSON.parse(process.argv[2] ?? "{}") as Task;
const counter = loginCounter(isRejection);
const open = opener(task, counter.login);
let stopping = false;
let errors = 0;
let firstError: string | undefined;

const held = await Promise.all(Array.from({ length: task.held }, open));
const dropped = new Set<object>();
for (const connection of held) connection.onDropped(() => !stopping && dropped.add(connection));
const using = held.map(async (connection) => {
  while (!stopping) {
    await connection.query("SELECT 1").catch(() => dropped.add(connection));
    await sleep(100);
  }
});

process.once("message", () => {
  stopping = true;
});
process.send?.("ready");
while (!stopping) {
  try {
    const connection = await open();
    await connection.query("SELECT 1");
    await connection.close();
  } catch (error) {
    errors += 1;
    const { code, name, message } = error as { code?: string; name: string; message: string };
    firstError ??= code ?? `${name}: ${message}`;
  }
}
await Promise.all(using);
const seen: Seen = { ...counter.figures(), errors, dropped: dropped.size, ...(firstError ? { firstError } : {}) };
process.send?.(seen, () => process.exit(0));
