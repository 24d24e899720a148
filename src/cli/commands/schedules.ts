import { answering, command, type MakeCommand } from "../command.js";
import type { SchedulesOptions } from "../looking/schedules.js";

/** `keyturn schedules` */
export const schedules: MakeCommand = (host, exit) =>
  command("schedules", {
    summary: "what is rotated when",
    description:
      "Shows the schedules as they are deployed, not as a keyturn.yml here has them: the next five runs of each in its own zone, its blackouts, and how many secrets are on it now.",
    examples: [
      ["keyturn schedules", "those that rotate"],
      ["keyturn schedules --all", "and Keyturn's own: recovery, doctor, overdue"],
    ],
  })
    .option("--all", "Keyturn's own, too, which look and rotate no secret of theirs")
    .action(
      answering<SchedulesOptions>(host, exit, async (work) =>
        (await import("../looking/schedules.js")).schedules(work),
      ),
    );
