// A process of its own that rotates when it is told to, in one of the ways that need no state machine.
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { rotateAsAws } from "./aws/rotate.js";
import { bareWork } from "./bare.js";
import type { Task } from "./processes.js";

// Ctrl-C reaches every process of the terminal: who started this one ends it.
process.on("SIGINT", () => undefined);
// Whoever started it has died.
process.once("disconnect", () => process.exit(1));

const task = JSON.parse(process.argv[2] ?? "{}") as Task;
const secrets = new SecretsManagerClient(task.place.clientConfig);
const bare = bareWork(task.place);
const rotate = () => (task.way === "bare" ? bare(task.secretId) : rotateAsAws(secrets, task.secret));

process.on("message", () =>
  rotate().then(
    (rotation) => process.send?.({ rotation }),
    ({ stack }: Error) => process.send?.({ failed: stack }),
  ),
);
