import type { Command } from "commander";

/** What there is to complete: commander's tree, as plain words. */
export interface Words {
  readonly name: string;
  readonly summary: string;
  /** Whether its argument is a secret. */
  readonly takesSecret: boolean;
  /** What its argument may be, where that is one of a few. */
  readonly choices: readonly string[];
  readonly flags: readonly Flag[];
}

export interface Flag {
  readonly long: string;
  readonly description: string;
  /** What it may be followed by, where that is one of a few. */
  readonly choices: readonly string[];
  readonly takesValue: boolean;
}

export function wordsOf(program: Command): Words[] {
  return program.commands.map((one) => ({
    name: one.name(),
    summary: one.summary(),
    takesSecret: one.registeredArguments.some((argument) => argument.name() === "secret"),
    choices: one.registeredArguments[0]?.argChoices ?? [],
    flags: one.options.flatMap(({ long, description, argChoices = [], required, optional, hidden }) =>
      long && !hidden ? [{ long, description, choices: argChoices, takesValue: required || optional }] : [],
    ),
  }));
}
