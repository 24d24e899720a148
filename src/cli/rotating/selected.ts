import { InvalidArgumentError, Option } from "commander";
import { UsageError } from "../failure.js";
import { wholeNumber } from "./asked.js";

/** Which secrets, where it is not one by its name. */
export interface SelectOptions {
  readonly tag?: Readonly<Record<string, string>>;
  readonly schedule?: string;
  readonly prefix?: readonly string[];
  readonly all?: boolean;
}

/** How a run over many goes. */
export interface RunOptions {
  readonly atOnce?: number;
  readonly tolerate?: number;
  readonly yes?: boolean;
  readonly detach?: boolean;
}

export function selectOptions(): Option[] {
  return [
    new Option("--tag <key=value>", "those with this tag; again for more that must hold").argParser(tag),
    new Option("--schedule <name>", "those of this schedule"),
    new Option("--prefix <beginning>", "those whose names begin so; again for another").argParser(several),
    new Option("--all", "all of the stage"),
  ];
}

export function runOptions(): Option[] {
  return [
    new Option("--at-once <number>", "rotations at a time, 10 unless said").argParser(wholeNumber(1, 40)),
    new Option("--tolerate <percent>", "go in waves, one first, and stop when more of one fail").argParser(
      wholeNumber(0, 100),
    ),
    new Option("--yes", "do not ask"),
    new Option("--detach", "only start it"),
  ];
}

function tag(text: string, before: SelectOptions["tag"] = {}): NonNullable<SelectOptions["tag"]> {
  const at = text.indexOf("=");
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError("Write it as key=value.");
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** As `rotate-fleet` takes it; `undefined` where none of the options was used. Throws where they say two things. */
export function selectionOf(
  { tag, schedule, prefix, all }: SelectOptions,
  stage: string,
): Readonly<Record<string, unknown>> | undefined {
  if (all && (tag || schedule))
    throw new UsageError("--all is every secret of the stage: say no --tag and no --schedule.");
  if (!all && !tag && schedule === undefined && !prefix) return undefined;
  const tags = all ? { "keyturn:stage": stage } : tag;
  return {
    ...(tags ? { tags } : {}),
    ...(schedule === undefined ? {} : { schedule }),
    ...(prefix ? { namePrefix: prefix } : {}),
  };
}
