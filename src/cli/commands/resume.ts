import { answering, command, type MakeCommand } from "../command.js";
import type { ResumeOptions } from "../rotating/resume.js";

/** `keyturn resume nightly` */
export const resume: MakeCommand = (host, exit) =>
  command("resume <what>", {
    summary: "go on with a run that was stopped",
    description:
      "Starts a run again that stopped itself, or was stopped, by its schedule's name or its execution's ARN. It goes on with what is left.",
    examples: [["keyturn resume nightly", "the schedule's last run"]],
  })
    .option("--yes", "do not ask")
    .option("--detach", "only start it")
    .action(
      answering<ResumeOptions>(host, exit, async (work, what = "") =>
        (await import("../rotating/resume.js")).resume(work, what),
      ),
    );
