import type { Command } from "commander";
import { draftOf } from "../../storing/content.js";
import type { Draft, Key } from "../../storing/draft.js";
import { typeOfEngine } from "../../storing/types.js";
import { UsageError } from "../failure.js";

/** What the command line says of a secret, as commander gives it. */
export interface StoreOptions {
  readonly from?: string;
  readonly skipLogin?: true;
  readonly yes?: true;
  readonly password?: string;
  readonly tls: boolean;
  readonly type?: string;
  readonly host?: string;
  readonly port?: string;
  readonly database?: string;
  readonly user?: string;
  readonly description?: string;
  readonly kmsKey?: string;
  readonly schedule?: string;
  readonly strategy?: string;
  readonly admin?: string;
  readonly tag?: readonly string[];
  readonly account?: readonly string[];
  readonly replica?: readonly string[];
  readonly adminFor?: readonly string[];
}

/** By which option each answer is given. */
export const FLAGS: { readonly [K in Key]: string } = {
  type: "--type",
  host: "--host",
  port: "--port",
  database: "--database",
  username: "--user",
  password: "--from",
  tls: "--no-tls",
  fields: "--from",
  name: "the name",
  description: "--description",
  tags: "--tag",
  kmsKey: "--kms-key",
  accounts: "--account",
  regions: "--replica",
  schedule: "--schedule",
  strategy: "--strategy",
  admin: "--admin",
  adminFor: "--admin-for",
};

export function storeFlags(command: Command): Command {
  const many = (value: string, before: readonly string[] = []) => [...before, value];
  return command
    .option("--type <name>", "postgres, mysql, … or other; asked for, with the rest")
    .option("--host <name>", "where the database is")
    .option("--port <number>", "absent: the database's usual one")
    .option("--database <name>", "where the user logs in")
    .option("--user <name>", "who logs in")
    .option("--no-tls", "the connection is not encrypted")
    .option("--from <file>", "JSON of the secret, at least its password; - is stdin")
    .option("--description <text>")
    .option("--tag <name=value>", "again for each", many)
    .option("--kms-key <id>", "ARN, id or alias; absent: the one that AWS manages")
    .option("--account <digits>", "another account that may read it; again for each", many)
    .option("--replica <region>", "a copy there, with region=key under that key; again for each", many)
    .option("--schedule <name>", "that rotates it; none: nothing does")
    .option("--strategy <name>", "single-user, dual-password or alternating-users")
    .option("--admin <secret>", "name or ARN of the admin secret")
    .option("--admin-for <prefix>", "secrets so called may name it as their admin; again for each", many)
    .option("--skip-login", "store it without logging in; for a database that is reached from its VPC only")
    .option("--yes", "store it without asking");
}

/**
 * The draft that a command line and a JSON of the secret make; `fields`: that JSON. Throws `UsageError` where they contradict
 * each other.
 */
export function draftFrom(
  name: string | undefined,
  options: StoreOptions,
  fields: Readonly<Record<string, unknown>> | undefined,
): Draft {
  const { type, tls, tag, account, replica, adminFor, schedule, user, ...said } = options;
  const engine = typeOfEngine(fields?.engine);
  if (type && engine && engine.engine !== typeOfEngine(type)?.engine)
    throw new UsageError(`--type says ${type}, and the JSON's "engine" ${String(fields?.engine)}.`);
  const given: Draft = {
    ...(name ? { name } : {}),
    ...(type ? { type } : {}),
    ...picked(said, ["host", "port", "database", "description", "kmsKey", "strategy", "admin"]),
    ...(user ? { username: user } : {}),
    ...(tls ? {} : { tls: "no" }),
    ...(tag ? { tags: tag } : {}),
    ...(account ? { accounts: account } : {}),
    ...(replica ? { regions: replica } : {}),
    ...(adminFor ? { adminFor } : {}),
    ...(schedule === undefined ? {} : { schedule: schedule === "none" ? "" : schedule }),
  };
  const inJson = fields ? draftOf(fields, type) : {};
  const twice = (Object.keys(given) as Key[]).find((key) => key in inJson && inJson[key] !== given[key]);
  if (twice) throw new UsageError(`${FLAGS[twice]} says one thing, and the JSON another.`);
  return { ...inJson, ...given };
}

function picked<Name extends string>(from: { readonly [K in Name]?: string }, names: readonly Name[]) {
  const said = names.filter((name) => from[name] !== undefined);
  return Object.fromEntries(said.map((name) => [name, from[name]])) as { readonly [K in Name]?: string };
}
