import type { Ending } from "./execution.js";
import type { SecretStatus } from "./secret-status.js";

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

/** What a person does about a secret that is in this state; nothing where there is nothing to do. */
export function nextForSecret({
  name,
  state,
  reason,
  overdue,
}: Pick<SecretStatus, "name" | "state" | "reason" | "overdue">): NextCommand[] {
  switch (state) {
    case "needs attention":
      return [
        ["settle", name],
        ["history", name],
      ];
    case "failing":
      return [
        ["explain", reason],
        ["plan", name],
        ["rotate", name],
      ];
    case "overdue":
      return overdue === "Paused"
        ? [["unpause", name]]
        : [
            ["plan", name],
            ["rotate", name],
          ];
    case "paused":
      return [["unpause", name]];
    default:
      return [];
  }
}
