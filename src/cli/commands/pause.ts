import { answering, command, type MakeCommand } from "../command.js";
import type { PauseOptions } from "../looking/pause.js";

/** `keyturn pause shop/orders --until 2026-12-24` */
export const pause: MakeCommand = (host, exit) =>
  command("pause <secret>", {
    summary: "hold a secret's rotations",
    description:
      "Tags the secret keyturn:pause, so that nothing rotates it, whoever asks. A rotation that is under way ends as it would. It becomes overdue all the same, and is told of as such.",
    examples: [
      ["keyturn pause shop/orders", "until keyturn unpause"],
      ["keyturn pause shop/orders --until 2026-12-24T08:00:00Z", "until then"],
    ],
  })
    .option("--until <time>", "2026-12-24, or a time with its zone: 2026-12-24T08:00:00Z; absent: for good")
    .action(
      answering<PauseOptions>(host, exit, async (work, secretId = "") =>
        (await import("../looking/pause.js")).pause(work, secretId),
      ),
    );

/** `keyturn unpause shop/orders` */
export const unpause: MakeCommand = (host, exit) =>
  command("unpause <secret>", {
    summary: "let a paused secret be rotated again",
    examples: [["keyturn unpause shop/orders", "its schedule takes it up at the next run"]],
  }).action(
    answering(host, exit, async (work, secretId = "") => (await import("../looking/pause.js")).unpause(work, secretId)),
  );
