import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { type Accounts, markerOf } from "./accounts.js";
import { DATABASES, LOGIN, SERVER_PERMISSIONS, SERVER_ROLES } from "./catalog.js";
import { type Changes, database } from "./database.js";
import { SUFFIX } from "./pair.js";
import { permitted } from "./permitted.js";
import { difference, type Permission, type Right, rightOf, roleRight } from "./rights.js";
import { id, quoted, statement, text } from "./statement.js";
import type { Wire } from "./wire.js";

/**
 * Makes the next of the pair ready. The clone is brought in line each time, given and taken: on the server, and in every
 * database in which the base has a user. Its password is set last, so that a clone that is not whole lets nobody in.
 */
export async function alternate(
  wire: Wire,
  accounts: Accounts,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  const isThere = await accounts.exists(pair.clone);
  await check(accounts, pair, { isThere, grants });
  const changes: Changes = { granted: [], revoked: [] };
  const created = pair.next === pair.clone && !isThere;
  await permitted(wire, pair.next, async () => {
    if (grants === "sync" && pair.next === pair.clone) {
      const align = wire.facts.contained ? alignUser : alignLogin;
      for (const { granted, revoked } of await align(wire, accounts, pair, created)) {
        changes.granted.push(...granted);
        changes.revoked.push(...revoked);
      }
    }
    await accounts.setPassword(pair.next, password);
    await accounts.unbar(pair.next);
  });
  return { created, ...changes, sentAs: "masked" };
}

interface Login {
  readonly database: string;
  readonly language: string;
  readonly policy: boolean;
  readonly expiration: boolean;
}

async function alignLogin(wire: Wire, accounts: Accounts, pair: Pair, create: boolean): Promise<Changes[]> {
  const ask = <Row>(sql: string, name: string) => wire.query<Row>({ sql, parameters: { name } });
  const { database: home, language, policy, expiration } = (await ask<Login>(LOGIN, pair.base))[0] as Login;
  const rightsOf = async (name: string): Promise<Right[]> => [
    ...(await ask<{ name: string }>(SERVER_ROLES, name)).map((role) => roleRight(role.name, "SERVER ROLE")),
    ...(await ask<Permission>(SERVER_PERMISSIONS, name)).map(rightOf),
  ];
  const wanted = await rightsOf(pair.base);
  if (wanted.some(({ text }) => text === "server role sysadmin")) throw superuser();

  if (create) await wire.query(statement`CREATE LOGIN ${id(pair.clone)} WITH PASSWORD = ${text(unknownPassword())}`);
  await wire.query(
    statement`ALTER LOGIN ${id(pair.clone)} WITH DEFAULT_DATABASE = ${id(home)}, DEFAULT_LANGUAGE = ${id(language)}, CHECK_POLICY = ${onOff(policy)}`,
  );
  // Expiration without the policy is refused.
  if (policy) await wire.query(statement`ALTER LOGIN ${id(pair.clone)} WITH CHECK_EXPIRATION = ${onOff(expiration)}`);
  if (create) await accounts.mark(pair.clone, pair.base);

  const found = (await rightsOf(pair.clone)).filter(({ text }) => text !== `server role ${markerOf(pair.base)}`);
  const { missing, extra } = difference(wanted, found);
  for (const right of extra) if (right.take) await wire.query(right.take(pair.clone));
  for (const right of missing) await wire.query(right.give(pair.clone));
  const isNew = ({ text }: Right) => !found.some((one) => one.text === text);
  const all: Changes[] = [
    { granted: missing.filter(isNew).map(({ text }) => text), revoked: extra.map(({ text }) => text) },
  ];
  for (const { name } of await ask<{ name: string }>(DATABASES, ""))
    all.push(await database(wire, name).alignLogins(pair));
  return all;
}

/** A contained user has rights in its own database, and nowhere else. */
async function alignUser(wire: Wire, accounts: Accounts, pair: Pair, create: boolean): Promise<Changes[]> {
  const here = database(wire, wire.facts.database);
  const base = await here.user(pair.base);
  if (!base) throw unknown("user", pair.base);
  if (create) {
    await wire.query(statement`CREATE USER ${id(pair.clone)} WITH PASSWORD = ${text(unknownPassword())}`);
    await accounts.mark(pair.clone, pair.base);
  }
  const clone = (await here.user(pair.clone)) ?? { name: pair.clone, defaultSchema: null };
  return [await here.align(base, clone, markerOf(pair.base))];
}

/** Refuses what would take something over, before anything is changed. */
export async function check(
  accounts: Accounts,
  pair: Pair,
  { isThere, grants }: { isThere: boolean; grants: "sync" | "keep" },
): Promise<void> {
  if (!(await accounts.exists(pair.base))) throw unknown(accounts.what, pair.base);
  const original = pair.base.slice(0, -SUFFIX.length);
  if (pair.base.endsWith(SUFFIX) && (await accounts.exists(original))) {
    throw new KeyturnError("ConflictError", {
      code: "AmbiguousPair",
      message:
        `${JSON.stringify(pair.base)} may be the clone of a ${accounts.what} that exists. If it is (AWS's function made it), ` +
        `say so: ${accounts.howToMark(pair.base, original)} If not, tag the secret with another keyturn:strategy.`,
    });
  }
  if (pair.next !== pair.clone) return;
  if (!isThere && grants === "keep") {
    throw new KeyturnError("InvalidSecretError", {
      code: "CloneMissing",
      message: `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    });
  }
  if (isThere && grants === "sync" && !(await accounts.isMarked(pair.clone, pair.base))) {
    throw new KeyturnError("ConflictError", {
      code: "CloneNameTaken",
      message:
        `The ${accounts.what} ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (AWS's ` +
        `function made it), say so: ${accounts.howToMark(pair.clone, pair.base)} If not, rename one of the two.`,
    });
  }
}

function onOff(on: boolean) {
  return quoted(on ? "ON" : "OFF");
}

export function unknown(what: string, name: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "UnknownUser",
    message: `The ${what} ${JSON.stringify(name)} does not exist on the admin's server.`,
  });
}

export function superuser(): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "Superuser",
    message: "A member of sysadmin is not cloned. Tag its secret keyturn:strategy = single-user.",
  });
}
