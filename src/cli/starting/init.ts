import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseSettings } from "../../../infra/settings.js";
import type { FoundNetwork } from "../../aws/surroundings.js";
import { type Ask, asker, Cancelled } from "../ask.js";
import type { Answer, Work } from "../command.js";
import { canAsk } from "../confirm.js";
import { UsageError } from "../failure.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { CHECKOUT } from "../running.js";
import { plain } from "../style.js";
import { type Found, lookAround, shown } from "./found.js";
import { type FirstSettings, settingsFile } from "./settings-file.js";

export interface InitOptions {
  readonly out?: string;
  readonly force?: true;
  readonly yes?: true;
  readonly email?: readonly string[];
  readonly vpc?: string;
}

/** Finds what it can, asks the rest, and writes a `keyturn.yml`; over one that is there only where that is said. */
export async function init(work: Work<InitOptions>): Promise<Answer> {
  const { host, options, progress } = work;
  const file = options.out
    ? resolve(host.cwd, options.out)
    : resolve(CHECKOUT, host.env.KEYTURN_SETTINGS ?? "keyturn.yml");
  const said = relative(host.cwd, file) || file;
  const ask = canAsk(host) && !options.yes ? await asker(host) : undefined;
  await mayWrite(file, said, options, ask);
  const found = await lookAround(work, ask);
  progress(`\n${shown(found)}\n`);
  const settings = await settingsBy(ask, found, options);
  const text = settingsFile(settings);
  parseSettings(text, readFileSync(resolve(CHECKOUT, "keyturn.schema.json"), "utf8"));
  host.interrupted.throwIfAborted();
  writeFileSync(file, text);
  const adoptable = found.secrets.find(({ rotatedBy }) => rotatedBy);
  const next = [
    lineOf([options.local ? "local" : "deploy"], options.local ? { ...options, local: false } : options),
    ...(adoptable ? [lineOf(["adopt", adoptable.name, "--schedule", settings.schedule], options)] : []),
    lineOf(["store"], options),
  ];
  return {
    json: { file, settings, ...found, next },
    text: (style) =>
      [
        `${style.green("✔")} ${said} is written, with the schedule ${settings.schedule}.`,
        ...(found.unknown.length > 0 ? [style.bold("What could not be found out")] : []),
        ...found.unknown.map((line) => `  ${style.yellow("▲")} ${plain(line)}`),
        ...nextLines(next, style),
      ].join("\n"),
  };
}

async function mayWrite(file: string, said: string, { force }: InitOptions, ask: Ask | undefined): Promise<void> {
  if (force || !existsSync(file)) return;
  if (!ask) throw new UsageError(`${said} is there already. Say --force to replace it, or write another with --out.`);
  if (!(await ask.yes({ message: `${said} is there already. Replace it?`, initial: false }))) throw new Cancelled();
}

const FIRST = { schedule: "nightly", expression: "cron(0 2 * * ? *)", timezone: "Etc/UTC", dueAfterDays: 30 } as const;

const WHEN = [
  { value: FIRST.expression, label: "Every night at two" },
  { value: "cron(0 2 ? * SUN *)", label: "Sundays at two" },
  { value: "cron(0 2 1 * ? *)", label: "The first of each month, at two" },
];

async function settingsBy(ask: Ask | undefined, { networks }: Found, options: InitOptions): Promise<FirstSettings> {
  const { email = [], vpc } = options;
  const named = networks.find(({ vpcId }) => vpcId === vpc);
  if (vpc && !named) throw new UsageError(`--vpc: no database was found in ${vpc}.`);
  if (!ask) return { ...FIRST, email, ...inNetwork(named ?? networks[0]) };
  const schedule = await ask.line({
    message: "What is the first schedule called?",
    initial: FIRST.schedule,
    check: isName,
  });
  const expression = await ask.choice({ message: "When does it rotate?", choices: WHEN });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const timezone = await ask.line({ message: "In which time zone?", initial: timeZone, check: isTimezone });
  const days = await ask.line({ message: "After how many days is a secret due?", initial: "30", check: isDays });
  const told =
    email.length > 0
      ? email
      : [await ask.line({ message: "Who is told of failures, by e-mail?", hint: "nobody", check: isEmail })].filter(
          Boolean,
        );
  return {
    ...{ schedule, expression, timezone, dueAfterDays: Number(days), email: told },
    ...inNetwork(named ?? (await networkBy(ask, networks))),
  };
}

async function networkBy(ask: Ask, networks: readonly FoundNetwork[]): Promise<FoundNetwork | undefined> {
  if (networks.length === 0) return undefined;
  const choices = networks.map(({ vpcId, databases }) => ({ value: vpcId, label: vpcId, hint: databases.join(", ") }));
  const message = "In which VPC do the functions that log in run?";
  const chosen = await ask.choice({ message, choices: [...choices, { value: "", label: "None" }] });
  return networks.find(({ vpcId }) => vpcId === chosen);
}

function inNetwork(network: FoundNetwork | undefined): Pick<FirstSettings, "network"> {
  return network ? { network } : {};
}

function isName(name: string): string | undefined {
  if (["recovery", "doctor", "overdue", "request"].includes(name)) return "That is the name of one of Keyturn's own.";
  return /^[A-Za-z0-9_.-]{1,40}$/.test(name) ? undefined : "Letters, digits and _.- only, 40 at most.";
}

function isTimezone(name: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return undefined;
  } catch {
    return "That is no time zone; one is written as Europe/Berlin.";
  }
}

function isDays(text: string): string | undefined {
  return /^\d{1,4}$/.test(text) ? undefined : "A whole number of days.";
}

function isEmail(text: string): string | undefined {
  return text === "" || /^[^@\s"\\]+@[^@\s"\\]+$/.test(text) ? undefined : "That is no address.";
}
