import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject } from "ajv";
import { parse } from "yaml";
import { MOST_OF_SELECTION } from "../src/fleet/request.js";
import { type Blackout, checkBlackout } from "../src/schedule/blackout.js";
import { checkExpression } from "../src/schedule/expression.js";
import { logicalId } from "./cloudformation.js";

/** `keyturn.yml` with its defaults filled in. */
export interface Settings {
  readonly schedules: Readonly<Record<string, ScheduleSettings>>;
  /** When every secret is run dry. */
  readonly doctor: LookSettings;
  /** When it is looked for secrets that should have been rotated long since. */
  readonly overdue: LookSettings;
  /** What the owners of admin secrets have said to the deployment instead of by a tag. */
  readonly admins: readonly AdminSettings[];
  /** Hosts that the tag `keyturn:readers` may name; `*` stands for one or more characters without a dot. */
  readonly readers: readonly string[];
  /** Who may be told of rotations, by name. */
  readonly consumers: Readonly<Record<string, ConsumerSettings>>;
  readonly notifications: {
    readonly email: readonly string[];
    readonly on: readonly NotifiedOutcome[];
    /** Whether there is a topic for Amazon Q Developer in chat applications. */
    readonly chat: boolean;
    /** `key`: the ARN of the secret that what is sent is signed by. */
    readonly webhook?: { readonly url: string; readonly key: string };
  };
  /** Whether there is a dashboard, and alarms on the functions. */
  readonly watch: { readonly dashboard: boolean; readonly functions: boolean };
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly kmsKeyArn?: string;
  /** Other AWS accounts whose secrets are rotated too. */
  readonly accounts: readonly string[];
  readonly restore: boolean;
  readonly atOncePerServer: number;
  readonly writesPerSecond: number;
  readonly logRetentionDays: number;
  /** 0: for good. */
  readonly archiveDays: number;
}

export interface LookSettings {
  readonly enabled: boolean;
  readonly expression: string;
  readonly timezone: string;
}

export interface AdminSettings {
  /** ARN. */
  readonly secret: string;
  /** Beginnings of the names of secrets that may name it. */
  readonly for: readonly string[];
  readonly superuser: boolean;
}

/** One of `ecs`, `lambda`, `ssm` and `webhook`; ARNs. */
export interface ConsumerSettings {
  /** Beginnings of the names of secrets that may have it told. */
  readonly for: readonly string[];
  readonly ecs?: { readonly service: string };
  readonly lambda?: { readonly function: string };
  readonly ssm?: { readonly document: string; readonly instances: readonly string[] };
  readonly webhook?: { readonly apiDestination: string };
  readonly gatherSeconds: number;
  readonly everyMinutes: number;
  readonly limitMinutes: number;
  readonly holdRetirementMinutes: number;
}

export interface ScheduleSettings {
  /** Absent: it never starts by itself, or after another. */
  readonly expression?: string;
  /** The schedule after whose end it starts. */
  readonly after?: string;
  /** Started by a person alone. */
  readonly manual?: true;
  readonly timezone: string;
  readonly flexibleWindowMinutes: number;
  readonly dueAfterDays?: number;
  readonly secrets: {
    readonly namePrefix: readonly string[];
    readonly tags?: Readonly<Record<string, string>>;
    /** Names or ARNs. */
    readonly list?: readonly string[];
  };
  readonly concurrency: number;
  readonly blackouts: readonly Blackout[];
  /** Absent: nothing keeps rotations on one database server apart. */
  readonly staggerMinutes?: number;
  /** Absent: a run never stops itself. */
  readonly toleratedFailurePercent?: number;
  /** Absent: old credentials are never retired. */
  readonly retireAfterMinutes?: number;
  /** Who is told of the rotations of its secrets, by name. */
  readonly consumers: readonly string[];
  /** Besides a proof of the password. Absent: nothing. */
  readonly mayAskFor?: "md5" | "clear text";
}

export type NotifiedOutcome =
  | "succeeded"
  | "skipped"
  | "failed"
  | "needs attention"
  | "retired"
  | "retirement failed"
  | "changed outside"
  | "check failed"
  | "consumer failed"
  | "overdue";

/**
 * Reads the text of a `keyturn.yml`. Throws with every mistake in it, each with its place, so that a wrong setting stops
 * the deployment and not the first rotation. `schema`: the text of `keyturn.schema.json`.
 */
export function parseSettings(yaml: string, schema: string): Settings {
  const settings: unknown = parse(yaml) ?? {};
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strictTypes: false });
  const valid = ajv.validate(JSON.parse(schema), settings);
  const mistakes = valid
    ? [
        ...scheduleMistakes(settings as Settings),
        ...readerMistakes(settings as Settings),
        ...adminMistakes(settings as Settings),
        ...consumerMistakes(settings as Settings),
        ...accountMistakes(settings as Settings),
      ]
    : (ajv.errors ?? []).map(mistake);
  if (mistakes.length > 0) throw new Error(`keyturn.yml:\n  ${mistakes.join("\n  ")}`);
  return settings as Settings;
}

function mistake({ instancePath, message, params }: ErrorObject): string {
  const place = instancePath.slice(1).replaceAll("/", ".");
  // YAML reads digits without quotes as a number, and takes zeros at its beginning away.
  if (/^accounts\.\d+$/.test(place)) return `${place}: an account is twelve digits in quotes, as in "111122223333"`;
  return `${place || "the file"}: ${message}${"additionalProperty" in params ? ` (${params.additionalProperty})` : ""}`;
}

/** The settings of this checkout; `KEYTURN_SETTINGS` names another file. */
export function readSettings(): Settings {
  return parseSettings(read(process.env.KEYTURN_SETTINGS ?? "keyturn.yml"), read("keyturn.schema.json"));
}

function scheduleMistakes({ schedules, doctor, overdue }: Settings): string[] {
  const named = Object.entries(schedules).map(([name, one]) => [`schedules.${name}`, one] as const);
  return [
    ...[...named, ["doctor", doctor] as const, ["overdue", overdue] as const].flatMap(
      ([place, { expression, timezone }]) => {
        const wrong = expression && checkExpression(expression);
        return [
          ...(wrong ? [`${place}.expression: ${wrong}`] : []),
          ...(isTimezone(timezone)
            ? []
            : [`${place}.timezone: ${timezone} is no time zone, write one as Europe/Berlin`]),
        ];
      },
    ),
    ...named.flatMap(([place, { blackouts }]) =>
      blackouts.flatMap((blackout, index) => {
        const wrong = checkBlackout(blackout);
        return wrong ? [`${place}.blackouts.${index}: ${wrong}`] : [];
      }),
    ),
    ...Object.keys(schedules).flatMap((name) => orderMistakes(name, schedules)),
    ...named.flatMap(([place, { secrets }]) => selectionMistakes(place, secrets)),
    ...sameMistakes(Object.keys(schedules)),
  ];
}

/**
 * What starts a schedule after another has 8,192 characters for all that it says, and states carry it from wave to wave.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
 */
function selectionMistakes(place: string, secrets: ScheduleSettings["secrets"]): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(secrets));
  return bytes > MOST_OF_SELECTION
    ? [
        `${place}.secrets: takes ${bytes} bytes, and ${MOST_OF_SELECTION} at most; select by a tag, or by what names begin with`,
      ]
    : [];
}

/** CloudFormation's names have no signs, so of two such schedules one would be lost. */
function sameMistakes(names: readonly string[], place = "schedules"): string[] {
  return names.flatMap((name, index) => {
    const before = names.slice(0, index).find((other) => logicalId(other) === logicalId(name));
    return before ? [`${place}.${name}: differs from ${before} in signs only; give one another name`] : [];
  });
}

/** What starts a schedule is one thing, and what it waits for must come to an end. */
function orderMistakes(name: string, schedules: Settings["schedules"]): string[] {
  const place = `schedules.${name}`;
  const { expression, after, manual } = schedules[name] as ScheduleSettings;
  const starts = [expression, after, manual].filter((start) => start !== undefined).length;
  if (starts !== 1) return [`${place}: say one of expression, after: another schedule, and manual: true`];
  const before = [name];
  for (let next = after; next !== undefined; next = schedules[next]?.after) {
    if (!Object.hasOwn(schedules, next)) return [`${place}.after: there is no schedule ${next}`];
    if (before.includes(next)) return [`${place}.after: it waits for itself, by ${[...before, next].join(", ")}`];
    before.push(next);
  }
  return [];
}

/** A host that anybody can own must not match, so some part of the name has to be written out. */
function readerMistakes({ readers }: Settings): string[] {
  return readers.flatMap((host, index) =>
    host.split(".").some((label) => !label.includes("*"))
      ? []
      : [`readers.${index}: ${host} names any host; write out a part of the name at least, as in *.db.example.com`],
  );
}

function adminMistakes({ admins }: Settings): string[] {
  const named = admins.map(({ secret }) => secret);
  return named.flatMap((secret, index) =>
    named.indexOf(secret) < index ? [`admins.${index}.secret: ${secret} is there before; put both into one`] : [],
  );
}

const KINDS = ["ecs", "lambda", "ssm", "webhook"] as const;

function consumerMistakes({ consumers, schedules }: Settings): string[] {
  return [
    ...Object.entries(consumers).flatMap(([name, one]) =>
      KINDS.filter((kind) => one[kind]).length === 1 ? [] : [`consumers.${name}: say one of ${KINDS.join(", ")}`],
    ),
    ...Object.entries(schedules).flatMap(([schedule, { consumers: told }]) =>
      told
        .filter((name) => !Object.hasOwn(consumers, name))
        .map((name) => `schedules.${schedule}.consumers: there is no consumer ${name}`),
    ),
    ...sameMistakes(Object.keys(consumers), "consumers"),
  ];
}

/** Which of them is the deployment's own is known where it is deployed: infra/accounts.ts. */
function accountMistakes({ accounts }: Settings): string[] {
  return accounts.flatMap((account, index) =>
    accounts.indexOf(account) < index ? [`accounts.${index}: ${account} is there before; name each once`] : [],
  );
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
