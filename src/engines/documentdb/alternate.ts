import { type CleanCause, KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { check, isMarked } from "./checks.js";
import type { Wire } from "./connect.js";
import { markerOf, nameOf, type Role } from "./users.js";

/**
 * Makes the next of the pair ready. A clone has the base's roles, brought in line each time, in the same command that
 * sets its password.
 * https://www.mongodb.com/docs/manual/reference/command/createUser/, https://www.mongodb.com/docs/manual/reference/command/updateUser/
 */
export async function alternate(
  wire: Wire,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  const aligned = grants === "sync" && pair.next === pair.clone;
  return permitted(wire, pair.base, async () => {
    const { base, clone } = await check(wire, pair, { mayMake: aligned });
    if (!aligned) {
      await wire.command({ updateUser: pair.next, pwd: password });
      return { created: false, granted: [], revoked: [], sentAs: "masked" };
    }
    const marker = markerOf(wire, pair.base);
    const wanted = [...base.filter((role) => nameOf(role) !== nameOf(marker)), marker];
    const found = clone ?? [];
    if (!clone) await mark(wire, pair.base, base, marker);
    await wire.command({ [clone ? "updateUser" : "createUser"]: pair.clone, pwd: password, roles: wanted });
    return {
      created: !clone,
      granted: without(wanted, [...found, marker]),
      revoked: without(found, wanted),
      sentAs: "masked",
    };
  });
}

/** No user of this server can be barred, but one whose password nobody knows is. */
export async function retire(wire: Wire, pair: Pair): Promise<void> {
  await permitted(wire, pair.base, async () => {
    await check(wire, pair, { mayMake: false });
    await wire.command({ updateUser: pair.next, pwd: unknownPassword() });
  });
}

/** Before the clone is made: one that is not whole leaves a base that is marked and no clone. */
async function mark(wire: Wire, username: string, base: readonly Role[], marker: Role): Promise<void> {
  await makeMarker(wire, marker);
  if (!isMarked(wire, username, base)) await wire.command({ grantRolesToUser: username, roles: [marker] });
}

/** A role must allow something: this one allows to read what is never there. */
async function makeMarker(wire: Wire, { role }: Role): Promise<void> {
  const { roles } = await wire.command({ rolesInfo: { role, db: wire.database } });
  if ((roles as unknown[]).length > 0) return;
  await wire.command({
    createRole: role,
    privileges: [{ resource: { db: "keyturn", collection: "clones" }, actions: ["find"] }],
    roles: [],
  });
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/: 13 is Unauthorized */
export async function permitted<Result>(wire: Wire, username: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: number; message: string };
    if (code !== 13) throw error;
    throw lacksRight(wire, username, { name: "DatabaseError", code: String(code), message });
  }
}

export function lacksRight(wire: Wire, username: string, cause?: CleanCause): KeyturnError {
  const admin = JSON.stringify(wire.username);
  return new KeyturnError("AccessDeniedError", {
    code: "AdminLacksRight",
    message:
      `The admin ${admin} may not manage ${JSON.stringify(username)} and its clone. A person who may should run: ` +
      `db.grantRolesToUser(${admin}, [{role: "userAdminAnyDatabase", db: "admin"}]); On DocumentDB use the primary user.`,
    ...(cause ? { cause } : {}),
  });
}

function without(roles: readonly Role[], others: readonly Role[]): string[] {
  const names = new Set(others.map(nameOf));
  return roles.map(nameOf).filter((name) => !names.has(name));
}
