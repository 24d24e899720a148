import { answering, command, type MakeCommand } from "../command.js";
import type { DoctorOptions } from "../looking/doctor.js";
import { wholeNumber } from "../rotating/asked.js";

/** `keyturn doctor` */
export const doctor: MakeCommand = (host, exit) =>
  command("doctor", {
    summary: "run every secret dry, say what would fail",
    description:
      "Runs a rotation of every managed secret dry, as the deployment's own doctor does every day, and says what is broken by its code. Nothing is written, and nobody is told by mail. Exits 3 where a check fails.",
    examples: [
      ["keyturn doctor", "all"],
      ["keyturn doctor --schedule nightly", "those of one schedule, before its next run"],
    ],
  })
    .option("--schedule <name>", "only those on this schedule")
    .option("--concurrency <count>", "so many at a time", wholeNumber(1, 40), 10)
    .action(answering<DoctorOptions>(host, exit, async (work) => (await import("../looking/doctor.js")).doctor(work)));
