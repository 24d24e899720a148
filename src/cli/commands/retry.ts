import { Option } from "commander";
import { answering, command, type MakeCommand } from "../command.js";
import type { RetryOptions } from "../rotating/retry.js";
import { runOptions } from "../rotating/selected.js";

/** `keyturn retry --reason Unreachable` */
export const retry: MakeCommand = (host, exit) => {
  const made = command("retry", {
    summary: "rotate again all that failed of one reason",
    examples: [
      ["keyturn retry", "what has failed, by reason"],
      ["keyturn retry --reason Unreachable", "all that failed of this; you are asked first"],
    ],
  }).addOption(new Option("--reason <code>", "what they failed of, as status and records have it"));
  for (const option of runOptions()) made.addOption(option);
  return made.action(
    answering<RetryOptions>(host, exit, async (work) => (await import("../rotating/retry.js")).retry(work)),
  );
};
