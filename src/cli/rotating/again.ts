import type { NextCommand } from "../../overview/next.js";
import { shellWord } from "../../rotation/settle-commands.js";
import type { CommonOptions } from "../host.js";
import { plain } from "../style.js";

/** A command line to type next, for the same deployment. */
export function lineOf(
  [command, ...words]: NextCommand,
  { stage, region, profile, local, program = "keyturn" }: CommonOptions,
): string {
  // What a code means is the same everywhere.
  if (command === "explain") return [program, command, ...words.map((word) => shellWord(plain(word)))].join(" ");
  const where = [
    ...(stage === "dev" ? [] : ["--stage", stage]),
    ...(region ? ["--region", region] : []),
    ...(profile ? ["--profile", profile] : []),
    ...(local ? ["--local"] : []),
  ];
  // A name that looks like an option stands behind all of them.
  const isName = (word: string) => word.startsWith("-") && !OPTIONS.has(word);
  const names = words.filter(isName);
  const all = [...words.filter((word) => !isName(word)), ...where, ...(names.length > 0 ? ["--", ...names] : [])];
  return [program, command, ...all.map((word) => shellWord(plain(word)))].join(" ");
}

/** Those that stand in such lines; each takes a value, so that a secret of that name is no command. */
const OPTIONS: ReadonlySet<string> = new Set(["--before", "--reason", "--accepts", "--schedule"]);
