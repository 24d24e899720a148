import type { NextCommand } from "../../overview/next.js";
import { shellWord } from "../../rotation/settle-commands.js";
import type { CommonOptions } from "../host.js";
import { plain } from "../style.js";

/** A command line to type next, for the same deployment. */
export function lineOf(
  [command, ...words]: NextCommand,
  { stage, region, profile, local, program = "keyturn" }: CommonOptions,
): string {
  const where = [
    ...(stage === "dev" ? [] : ["--stage", stage]),
    ...(region ? ["--region", region] : []),
    ...(profile ? ["--profile", profile] : []),
    ...(local ? ["--local"] : []),
  ];
  return [program, command, ...[...words, ...where].map((word) => shellWord(plain(word)))].join(" ");
}
