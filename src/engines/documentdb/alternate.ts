import { type CleanCause, KeyturnError } from "../../errors.js";
import type { AlternateReport, Pair } from "../engine.js";
import { SUFFIX } from "./pair.js";
import { markerOf, nameOf, type Role, rolesOf } from "./users.js";
import type { Wire } from "./wire.js";

/**
 * Makes the next of the pair ready. A clone has the base's roles, brought in line each time, in the same command that
 * sets its password.
 * https://www.mongodb.com/docs/manual/reference/command/createUser/, https://www.mongodb.com/docs/manual/reference/command/updateUser/
 */
export async function alternate(
  wire: Wire,
  { pair, password, grants }: { pair: Pair; password: string; grants: "sync" | "keep" },
): Promise<AlternateReport> {
  const base = await rolesOf(wire, pair.base);
  const clone = await rolesOf(wire, pair.clone);
  await check(wire, pair, { base, clone, grants });
  if (pair.next === pair.base || grants === "keep") {
    await permitted(wire, pair, () => wire.command({ updateUser: pair.next, pwd: password }));
    return { created: false, granted: [], revoked: [], sentAs: "masked" };
  }
  const marker = markerOf(wire, pair.base);
  const wanted = [...(base ?? []), marker];
  const found = clone ?? [];
  await permitted(wire, pair, async () => {
    if (!clone) await makeMarker(wire, marker);
    await wire.command({ [clone ? "updateUser" : "createUser"]: pair.clone, pwd: password, roles: wanted });
  });
  return {
    created: !clone,
    granted: without(wanted, [...found, marker]),
    revoked: without(found, wanted),
    sentAs: "masked",
  };
}

interface Found {
  readonly base: readonly Role[] | undefined;
  readonly clone: readonly Role[] | undefined;
  readonly grants: "sync" | "keep";
}

/** Refuses what would take something over, before anything is changed. */
export async function check(wire: Wire, pair: Pair, { base, clone, grants }: Found): Promise<void> {
  if (!base) {
    throw refusal(
      "InvalidSecretError",
      "UnknownUser",
      `The user ${JSON.stringify(pair.base)} does not exist in the database ${JSON.stringify(wire.database)}.`,
    );
  }
  const original = pair.base.slice(0, -SUFFIX.length);
  if (pair.base.endsWith(SUFFIX) && (await rolesOf(wire, original))) {
    throw refusal(
      "ConflictError",
      "AmbiguousPair",
      `${JSON.stringify(pair.base)} may be the clone of a user that exists. If it is (AWS's function made it), say so: ` +
        `${howToMark(wire, original, pair.base)} If not, tag the secret with another keyturn:strategy.`,
    );
  }
  if (pair.next !== pair.clone) return;
  if (!clone && grants === "keep") {
    throw refusal(
      "InvalidSecretError",
      "CloneMissing",
      `With keyturn:grants = keep the clone ${JSON.stringify(pair.clone)} must be there.`,
    );
  }
  const marker = nameOf(markerOf(wire, pair.base));
  if (clone && grants === "sync" && !clone.some((role) => nameOf(role) === marker)) {
    throw refusal(
      "ConflictError",
      "CloneNameTaken",
      `The user ${JSON.stringify(pair.clone)} exists and does not say that it is a clone. If it is one (AWS's function made ` +
        `it), say so: ${howToMark(wire, pair.base, pair.clone)} If not, rename one of the two.`,
    );
  }
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

function howToMark(wire: Wire, base: string, clone: string): string {
  const role = JSON.stringify(markerOf(wire, base).role);
  return (
    `db.createRole({role: ${role}, privileges: [{resource: {db: "keyturn", collection: "clones"}, actions: ["find"]}], ` +
    `roles: []}); db.grantRolesToUser(${JSON.stringify(clone)}, [${role}]);`
  );
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/: 13 is Unauthorized */
export async function permitted<Result>(wire: Wire, pair: Pair, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: number; message: string };
    if (code !== 13) throw error;
    throw lacksRight(wire, pair.base, { name: "DatabaseError", code: String(code), message });
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

function refusal(name: ConstructorParameters<typeof KeyturnError>[0], code: string, message: string): KeyturnError {
  return new KeyturnError(name, { code, message });
}
