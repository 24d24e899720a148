import { KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair, PasswordReport } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { align } from "./align.js";
import { baseOf, dictionaryName, markerOf, quoteName, quotePassword } from "./names.js";
import { refuseLongNames } from "./pair.js";
import { permitted } from "./permitted.js";
import { isAdministrative, objectsOf, roleExists, type User, unknownUser, userOf } from "./users.js";
import type { Wire } from "./wire.js";

type SetPassword = (username: string, password: string, clause: " ACCOUNT UNLOCK") => Promise<PasswordReport>;

/**
 * Makes the next of the pair ready. Each statement commits by itself: a clone is made locked, with a password that
 * nobody knows, and let in last, so that one that is not whole lets nobody in.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-USER.html
 */
export async function alternate(
  wire: Wire,
  setPassword: SetPassword,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  quotePassword(password);
  refuseLongNames(wire, pair);
  return permitted(wire, pair, async () => {
    const { base, clone } = await check(wire, pair, grants);
    const ofClone = pair.next === pair.clone;
    const changes = ofClone && grants === "sync" ? await sync(wire, base, clone, dictionaryName(pair.clone)) : NOTHING;
    const { sentAs } = await setPassword(pair.next, password, " ACCOUNT UNLOCK");
    return { created: ofClone && clone === undefined, ...changes, sentAs };
  });
}

const NOTHING: Pick<AlternateReport, "granted" | "revoked"> = { granted: [], revoked: [] };

async function sync(wire: Wire, base: User, clone: User | undefined, name: string) {
  const marker = markerOf(base.name);
  const to = quoteName(name);
  if (!(await roleExists(wire, marker))) await wire.execute(`CREATE ROLE ${quoteName(marker)}`);
  if (!clone) await wire.execute(`CREATE USER ${to} IDENTIFIED BY ${quotePassword(unknownPassword())} ACCOUNT LOCK`);
  if (!(await isMarked(wire, base.name, name))) await wire.execute(`GRANT ${quoteName(marker)} TO ${to}`);
  const found = clone ?? (await userOf(wire, name));
  if (!found) throw unknownUser(name);
  return align(wire, base, found);
}

/** Refuses what would take something over, before anything is changed. */
export async function check(
  wire: Wire,
  pair: Pair,
  grants: "sync" | "keep",
): Promise<{ base: User; clone: User | undefined }> {
  const base = await userOf(wire, dictionaryName(pair.base));
  const clone = await userOf(wire, dictionaryName(pair.clone));
  if (!base) throw unknownUser(dictionaryName(pair.base));
  if (base.common === "YES" || (await isAdministrative(wire, base))) {
    throw refusal(
      "UnsupportedError",
      "AdministrativeUser",
      `${JSON.stringify(base.name)} is an administrator's or Oracle's own user, of which Keyturn makes no second. Tag the secret keyturn:strategy = single-user.`,
    );
  }
  const original = baseOf(pair.base);
  if (original !== undefined && (await userOf(wire, dictionaryName(original)))) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${howToMark(dictionaryName(original), base.name)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  if (pair.next === pair.clone) await checkClone(wire, pair, base, clone, grants);
  return { base, clone };
}

async function checkClone(wire: Wire, pair: Pair, base: User, clone: User | undefined, grants: "sync" | "keep") {
  if (grants === "keep") {
    if (clone) return;
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  const objects = await objectsOf(wire, base.name);
  if (objects.length > 0) {
    throw refusal(
      "UnsupportedError",
      "BaseOwnsObjects",
      `The schema of ${JSON.stringify(base.name)} has objects (${objects.map((name) => JSON.stringify(name)).join(", ")}), ` +
        "and its clone would have an empty schema of its own. Tag the secret keyturn:strategy = dual-password, or keep the " +
        "objects in a schema that nobody logs in to.",
    );
  }
  if (clone && !(await isMarked(wire, base.name, clone.name)) && !(await isUnfinished(wire, clone))) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(clone.name)} exists and does not say that it is a clone. If it is one (AWS's function made ` +
        `it), say so: ${howToMark(base.name, clone.name)} If not, rename one of the two.`,
    );
  }
}

/** Whether the clone says that it is the base's. */
export function isMarked(wire: Wire, base: string, clone: string): Promise<boolean> {
  return exists(wire, "SELECT 1 FROM DBA_ROLE_PRIVS WHERE GRANTEE = :clone AND GRANTED_ROLE = :role", {
    clone,
    role: markerOf(base),
  });
}

/** A clone whose making was cut off before it was marked: nobody has ever been in, and it may do nothing. */
async function isUnfinished(wire: Wire, { name, status, used }: User): Promise<boolean> {
  if (!status.startsWith("LOCKED") || used === "YES") return false;
  return !(await exists(
    wire,
    "SELECT 1 FROM DBA_ROLE_PRIVS WHERE GRANTEE = :name UNION ALL SELECT 1 FROM DBA_SYS_PRIVS WHERE GRANTEE = :name " +
      "UNION ALL SELECT 1 FROM DBA_TAB_PRIVS WHERE GRANTEE = :name UNION ALL SELECT 1 FROM DBA_OBJECTS WHERE OWNER = :name",
    { name },
  ));
}

async function exists(wire: Wire, sql: string, binds: Record<string, string>): Promise<boolean> {
  return (await wire.query(sql, binds)).length > 0;
}

function howToMark(base: string, clone: string): string {
  const role = quoteName(markerOf(base));
  return `CREATE ROLE ${role}; GRANT ${role} TO ${quoteName(clone)};`;
}

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
