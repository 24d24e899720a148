import { answering, command, type MakeCommand } from "../command.js";
import type { StopOptions } from "../rotating/stop.js";

/** `keyturn stop shop/orders` */
export const stop: MakeCommand = (host, exit) =>
  command("stop <what>", {
    summary: "stop a rotation, or a run over many",
    description:
      "Stops what goes on: of a secret, of a schedule (by its name), or an execution (by its ARN). What was under way is brought to rest by itself.",
    examples: [
      ["keyturn stop shop/orders", "its rotation"],
      ["keyturn stop nightly", "the schedule's run; keyturn resume nightly goes on with it"],
    ],
  })
    .option("--reason <text>", "why, for the execution's history")
    .option("--yes", "do not ask")
    .action(
      answering<StopOptions>(host, exit, async (work, what = "") =>
        (await import("../rotating/stop.js")).stop(work, what),
      ),
    );
