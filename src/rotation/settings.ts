import type { StrategyName } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { PasswordPolicy } from "../secrets/password.js";
import type { Rules } from "./rules.js";

/** What a secret's tags say about its rotation. */
export interface SecretSettings {
  /** The schedule it belongs to; with the tag of its stage, what puts a secret into Keyturn's hands. */
  readonly schedule: string;
  /** Absent: alternating users where the secret names an admin secret, else single-user. */
  readonly strategy?: StrategyName;
  readonly grants: "sync" | "keep";
  /** SQL that must succeed with the new credential before it becomes current. */
  readonly probes: readonly string[];
  /** Servers besides the secret's own that must let the new credential in before it becomes current. */
  readonly readers: readonly Reader[];
  readonly password: PasswordPolicy;
  /** Who is told of its rotations, by name. Absent: those of its schedule. */
  readonly consumers?: readonly string[];
  /** Until when nothing rotates it, whoever asks. */
  readonly pause?: "for good" | Date;
  /** When it is due next, whatever its age. */
  readonly dueAt?: Date;
}

export interface Reader {
  readonly host: string;
  /** Absent: the secret's own. */
  readonly port?: number;
}

const PREFIX = "keyturn:";
const KNOWN = [
  "stage",
  "schedule",
  "admin",
  "strategy",
  "grants",
  "probe",
  "readers",
  "consumers",
  "pause",
  "due-at",
  "adopted-from",
  "password-length",
  "exclude-punctuation",
  "exclude-numbers",
  "exclude-uppercase",
  "exclude-lowercase",
  "exclude-characters",
];

/**
 * Reads the `keyturn:` tags; `undefined` for a secret that is not in the hands of this stage's deployment, because
 * `keyturn:schedule` is missing or `keyturn:stage` names another. Throws `UnknownTag` and `WrongTag`, because a tag that is
 * misspelt must not be passed over in silence.
 */
export function settingsFrom(
  tags: Readonly<Record<string, string>>,
  { stage }: Pick<Rules, "stage">,
): SecretSettings | undefined {
  const said = new Map(
    Object.entries(tags)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value.trim()] as const),
  );
  const schedule = said.get("schedule");
  if (!schedule || said.get("stage") !== stage) return undefined;
  for (const name of said.keys()) {
    if (!KNOWN.includes(name)) {
      throw wrong(
        "UnknownTag",
        `The tag ${PREFIX}${name} means nothing. Known are ${KNOWN.map((known) => PREFIX + known).join(", ")}.`,
      );
    }
  }
  const strategy = choice(said, "strategy", ["single-user", "alternating-users", "dual-password"]);
  return {
    schedule,
    ...(strategy ? { strategy } : {}),
    grants: choice(said, "grants", ["sync", "keep"]) ?? "sync",
    probes: said.get("probe") ? [said.get("probe") as string] : [],
    readers: readersFrom(said),
    ...consumersFrom(said),
    ...pauseFrom(said),
    ...(said.has("due-at") ? { dueAt: timeFrom(said, "due-at") } : {}),
    password: {
      ...lengthFrom(said),
      ...flag(said, "exclude-punctuation", "excludePunctuation"),
      ...flag(said, "exclude-numbers", "excludeNumbers"),
      ...flag(said, "exclude-uppercase", "excludeUppercase"),
      ...flag(said, "exclude-lowercase", "excludeLowercase"),
      ...(said.get("exclude-characters") ? { excludeCharacters: said.get("exclude-characters") as string } : {}),
    },
  };
}

type Said = ReadonlyMap<string, string>;

function choice<Value extends string>(said: Said, name: string, values: readonly Value[]): Value | undefined {
  const value = said.get(name);
  if (value === undefined) return undefined;
  const found = values.find((known) => known === value);
  if (!found) throw wrong("WrongTag", `The tag ${PREFIX}${name} must be ${values.join(" or ")}.`);
  return found;
}

function readersFrom(said: Said): Reader[] {
  const names = (said.get("readers") ?? "").split(/\s+/).filter((name) => name !== "");
  return names.map((name) => {
    const [, host, port] = /^([^:/@=+]+)(?::(\d{1,5}))?$/.exec(name) ?? [];
    if (!host || Number(port) > 65_535)
      throw wrong("WrongTag", `The tag ${PREFIX}readers must be host names, or host:port, with blanks between them.`);
    return { host, ...(port ? { port: Number(port) } : {}) };
  });
}

/** `none`: nobody, whatever the schedule says. */
function consumersFrom(said: Said): Pick<SecretSettings, "consumers"> {
  const names = (said.get("consumers") ?? "").split(/\s+/).filter((name) => name !== "");
  if (names.length === 0) return {};
  return { consumers: names.filter((name) => name !== "none") };
}

function pauseFrom(said: Said): Pick<SecretSettings, "pause"> {
  const value = said.get("pause");
  if (value === undefined || value === "false") return {};
  return { pause: value === "true" ? "for good" : timeFrom(said, "pause", "true, false or ") };
}

/** ISO 8601 with its zone, so that it is the same moment for everybody. */
function timeFrom(said: Said, name: string, or = ""): Date {
  const value = said.get(name) ?? "";
  const at = new Date(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(value) ? value : Number.NaN);
  if (!Number.isNaN(at.getTime())) return at;
  throw wrong("WrongTag", `The tag ${PREFIX}${name} must be ${or}a time such as 2026-12-24T02:00:00Z, or a date.`);
}

function lengthFrom(said: Said): { passwordLength?: number } {
  const value = said.get("password-length");
  if (value === undefined) return {};
  if (!/^\d{1,4}$/.test(value)) throw wrong("WrongTag", `The tag ${PREFIX}password-length must be a whole number.`);
  return { passwordLength: Number(value) };
}

function flag<Key extends string>(said: Said, name: string, key: Key): { [K in Key]?: boolean } {
  const value = choice(said, name, ["true", "false"]);
  return value === undefined ? {} : ({ [key]: value === "true" } as { [K in Key]?: boolean });
}

function wrong(code: string, message: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", { code, message });
}
