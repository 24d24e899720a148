import { KeyturnError } from "../../errors.js";
import type { Pair } from "../engine.js";
import { SUFFIX } from "../logins.js";
import { isMarked } from "./checks.js";
import type { Wire } from "./connect.js";
import { traits } from "./traits.js";
import { rolesOf } from "./users.js";

/** A user may always ask for its own roles. https://www.mongodb.com/docs/manual/reference/command/usersInfo/#required-access */
export async function pair(wire: Wire): Promise<Pair> {
  const { username } = wire;
  if (username.endsWith(SUFFIX)) {
    const base = username.slice(0, -SUFFIX.length);
    const roles = (await rolesOf(wire, username)) ?? [];
    if (isMarked(wire, base, roles)) return { base, clone: username, next: base };
  }
  const clone = username + SUFFIX;
  if ([...clone].length > traits.username.max) {
    throw new KeyturnError("UnsupportedError", {
      code: "UsernameTooLong",
      message:
        `The clone's name, ${JSON.stringify(clone)}, is longer than ${traits.username.max} characters. ` +
        "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    });
  }
  return { base: username, clone, next: clone };
}
