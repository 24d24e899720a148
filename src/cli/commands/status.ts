import { Option } from "commander";
import { asFlag, STATES } from "../../overview/states.js";
import { answering, command, type MakeCommand } from "../command.js";
import type { StatusOptions } from "../looking/status.js";

/** `keyturn status` */
export const status: MakeCommand = (host, exit) =>
  command("status", {
    summary: "all managed secrets, the worst first",
    examples: [
      ["keyturn status", "all, with the last failure of each"],
      ["keyturn status --check", "exits 3 where one is overdue, failing or needs attention"],
      ["keyturn status --state failing --json", "for a program"],
    ],
  })
    .option("--check", "exit 3 where something is overdue, failing or needs attention")
    .option("--schedule <name>", "only those on this schedule")
    .addOption(new Option("--state <state>", "only those in this state").choices(Object.keys(STATES).map(asFlag)))
    .action(answering<StatusOptions>(host, exit, async (work) => (await import("../looking/status.js")).status(work)));
