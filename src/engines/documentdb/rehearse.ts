import { KeyturnError } from "../../errors.js";
import type { Change, Pair } from "../engine.js";
import { check, refuseToChange } from "./checks.js";
import type { Wire } from "./connect.js";
import { markerOf } from "./marks.js";
import { lacksRight, permitted } from "./permitted.js";
import type { AuthInfo } from "./superuser.js";

/** What a change takes: one of these actions on a database; the empty name means on all of them. */
interface Need {
  readonly actions: readonly string[];
  readonly db: string;
}

/** Asks the server what the session may do. */
export async function rehearse(wire: Wire, change: Change): Promise<string> {
  const needs = await needsOf(wire, change);
  const { authInfo = {} } = await wire.command({ connectionStatus: 1, showPrivileges: true });
  if (managesUsers(authInfo, wire.database)) return PERMITTED;
  if (!authInfo.authenticatedUserPrivileges) return "Not checked: the server does not say what its users may do.";
  if (needs.every((need) => isHeld(authInfo, need))) return PERMITTED;
  throw change.kind === "own password" ? mayNotItself(wire) : lacksRight(wire, nameOf(change));
}

const PERMITTED = "The server says that the session has the privileges that the change takes.";

/** The refusals of the change come first. */
async function needsOf(wire: Wire, change: Change): Promise<Need[]> {
  const { database: db } = wire;
  if (change.kind === "own password") return [{ actions: ["changeOwnPassword", "changePassword"], db }];
  if (change.kind === "pair")
    return permitted(wire, change.pair.base, () => pairNeeds(wire, change.pair, change.grants));
  await permitted(wire, change.username, () => refuseToChange(wire, change.username));
  return [{ actions: ["changePassword"], db }];
}

/**
 * https://www.mongodb.com/docs/manual/reference/command/createUser/#required-access, …/updateUser/, …/createRole/: roles are
 * granted on their own databases, and taken on any.
 */
async function pairNeeds(wire: Wire, pair: Pair, grants: "sync" | "keep"): Promise<Need[]> {
  const { database: db } = wire;
  const aligned = grants === "sync" && pair.next === pair.clone;
  const { base, clone } = await check(wire, pair, { mayMake: aligned });
  if (!aligned) return [{ actions: ["changePassword"], db }];
  const granted = [...base, markerOf(wire, pair.base)].map((role) => ({
    actions: ["grantRole"],
    db: role.db,
  }));
  return clone
    ? [...granted, { actions: ["changePassword"], db }, { actions: ["revokeRole"], db: "" }]
    : [...granted, { actions: ["createUser"], db }, { actions: ["createRole"], db }];
}

function isHeld({ authenticatedUserPrivileges = [] }: AuthInfo, { actions, db }: Need): boolean {
  return authenticatedUserPrivileges.some(({ resource = {}, actions: held = [] }) => {
    const there =
      resource.anyResource === true || (resource.collection === "" && ["", db].includes(resource.db ?? "-"));
    return there && actions.some((action) => held.includes(action));
  });
}

/** Built-in roles, of which not every server lists the actions. On `admin` a userAdmin may manage all users. */
function managesUsers({ authenticatedUserRoles = [] }: AuthInfo, database: string): boolean {
  return authenticatedUserRoles.some(
    ({ role, db }) =>
      db === "admin" &&
      (role === "root" || role === "userAdminAnyDatabase" || (role === "userAdmin" && database === "admin")),
  );
}

function nameOf(change: Exclude<Change, { kind: "own password" }>): string {
  return change.kind === "pair" ? change.pair.base : change.username;
}

function mayNotItself(wire: Wire): KeyturnError {
  const db = JSON.stringify(wire.database);
  return new KeyturnError("AccessDeniedError", {
    code: "PermissionDenied",
    message:
      `The user ${JSON.stringify(wire.username)} may not change its own password. Name an admin in "masterarn", or a person ` +
      `who may should run, in the database ${db}: db.createRole({role: "ownPassword", privileges: [{resource: {db: ${db}, ` +
      `collection: ""}, actions: ["changeOwnPassword"]}], roles: []}); ` +
      `db.grantRolesToUser(${JSON.stringify(wire.username)}, ["ownPassword"]);`,
  });
}
