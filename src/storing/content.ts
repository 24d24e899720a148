import type { Draft } from "./draft.js";
import { typeNamed, typeOfEngine } from "./types.js";

/** What the secret will hold, in AWS's format for a database; names of its own stay as they are. */
export function contentOf(draft: Draft): Readonly<Record<string, unknown>> {
  const { fields = {} } = draft;
  const engine = typeNamed(draft.type)?.engine;
  if (!engine) return fields;
  const { host, port, username, password, database, tls, admin } = draft;
  return {
    ...fields,
    engine,
    host,
    ...(port ? { port: Number(port) } : {}),
    username,
    password,
    ...(database ? { dbname: database } : {}),
    ...(tls === "no" ? { ssl: false } : {}),
    ...(admin ? { masterarn: admin } : {}),
  };
}

/** The keys of a database's secret that a question stands for; what a JSON says in them is an answer. */
const ANSWERS = {
  host: "host",
  port: "port",
  username: "username",
  password: "password",
  dbname: "database",
  masterarn: "admin",
} as const;

/**
 * What the JSON of a secret answers, in AWS's format, so that a secret made elsewhere can be stored as it is. `type`: what was
 * said of it besides, and counts more than its `engine`.
 */
export function draftOf(fields: Readonly<Record<string, unknown>>, type?: string): Draft {
  const chosen = type ?? typeOfEngine(fields.engine)?.name ?? "other";
  if (!typeNamed(chosen)?.engine) return { type: chosen, fields };
  const { engine: _, ssl, ...others } = fields;
  const answered = Object.entries(ANSWERS).filter(([name]) => isText(others[name]));
  const rest = Object.entries(others).filter(([name]) => !answered.some(([taken]) => taken === name));
  return {
    type: chosen,
    ...Object.fromEntries(answered.map(([name, key]) => [key, String(others[name])])),
    ...(ssl === undefined || ssl === null ? {} : { tls: /^false$/i.test(String(ssl)) ? "no" : "yes" }),
    ...(rest.length > 0 ? { fields: Object.fromEntries(rest) } : {}),
  };
}

function isText(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}
