import type { Ending } from "./execution.js";

/** A command to type, without `keyturn` and without the options that say where. */
export type NextCommand = readonly [command: string, ...words: string[]];

/** What a person does after a rotation of a secret has ended like this; the first is the likeliest. */
export function nextCommands({ outcome, reason }: Ending, secret: string): NextCommand[] {
  switch (outcome) {
    case "succeeded":
    case "rolled forward":
      return [["show", secret]];
    case "skipped":
      return [AFTER_SKIP[reason]?.(secret) ?? ["show", secret]];
    case "needs attention":
      return [["settle", secret]];
    case "failed":
    case "rolled back":
      return [
        ["explain", reason],
        ["plan", secret],
        ["rotate", secret],
      ];
    default:
      return [
        ["show", secret],
        ["rotate", secret],
      ];
  }
}

const AFTER_SKIP: Readonly<Record<string, (secret: string) => NextCommand>> = {
  NotManaged: (secret) => ["adopt", secret],
  Paused: (secret) => ["unpause", secret],
};
