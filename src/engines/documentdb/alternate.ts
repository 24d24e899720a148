import type { AlternateReport, Pair } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { check } from "./checks.js";
import type { Wire } from "./connect.js";
import { mark, markerOf } from "./marks.js";
import { setPassword } from "./passwords.js";
import { permitted } from "./permitted.js";
import { nameOf, type Role } from "./users.js";

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
    if (!aligned)
      return { created: false, granted: [], revoked: [], ...(await setPassword(wire, pair.next, password)) };
    const marker = markerOf(wire, pair.base);
    const wanted = [...base.filter((role) => nameOf(role) !== nameOf(marker)), marker];
    const found = clone ?? [];
    if (!clone) await mark(wire, pair.base, base);
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
    await setPassword(wire, pair.next, unknownPassword());
  });
}

function without(roles: readonly Role[], others: readonly Role[]): string[] {
  const names = new Set(others.map(nameOf));
  return roles.map(nameOf).filter((name) => !names.has(name));
}
