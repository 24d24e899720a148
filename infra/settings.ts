import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { checkExpression } from "../src/schedule/expression.js";

/** `keyturn.yml` with its defaults filled in. */
export interface Settings {
  readonly schedules: Readonly<Record<string, ScheduleSettings>>;
  /** When every secret is run dry. */
  readonly doctor: { readonly enabled: boolean; readonly expression: string; readonly timezone: string };
  /** What the owners of admin secrets have said to the deployment instead of by a tag. */
  readonly admins: readonly AdminSettings[];
  /** Hosts that the tag `keyturn:readers` may name; `*` stands for one or more characters without a dot. */
  readonly readers: readonly string[];
  readonly notifications: { readonly email: readonly string[]; readonly on: readonly NotifiedOutcome[] };
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly kmsKeyArn?: string;
  readonly logRetentionDays: number;
  /** 0: for good. */
  readonly archiveDays: number;
}

export interface AdminSettings {
  /** ARN. */
  readonly secret: string;
  /** Beginnings of the names of secrets that may name it. */
  readonly for: readonly string[];
  readonly superuser: boolean;
}

export interface ScheduleSettings {
  readonly expression: string;
  readonly timezone: string;
  readonly flexibleWindowMinutes: number;
  readonly dueAfterDays?: number;
  readonly secrets: { readonly namePrefix: readonly string[] };
  readonly concurrency: number;
  /** Absent: old credentials are never retired. */
  readonly retireAfterMinutes?: number;
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
  | "check failed";

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
      ]
    : (ajv.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath.slice(1).replaceAll("/", ".") || "the file"}: ${message}${"additionalProperty" in params ? ` (${params.additionalProperty})` : ""}`,
      );
  if (mistakes.length > 0) throw new Error(`keyturn.yml:\n  ${mistakes.join("\n  ")}`);
  return settings as Settings;
}

/** The settings of this checkout; `KEYTURN_SETTINGS` names another file. */
export function readSettings(): Settings {
  return parseSettings(read(process.env.KEYTURN_SETTINGS ?? "keyturn.yml"), read("keyturn.schema.json"));
}

function scheduleMistakes({ schedules, doctor }: Settings): string[] {
  const named = Object.entries(schedules).map(([name, one]) => [`schedules.${name}`, one] as const);
  return [...named, ["doctor", doctor] as const].flatMap(([place, { expression, timezone }]) => {
    const wrong = checkExpression(expression);
    return [
      ...(wrong ? [`${place}.expression: ${wrong}`] : []),
      ...(isTimezone(timezone) ? [] : [`${place}.timezone: ${timezone} is no time zone, write one as Europe/Berlin`]),
    ];
  });
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
