import { KeyturnError } from "../../errors.js";
import type { Session } from "../engine.js";
import { alternate, retirePair } from "../mysql-wire/alternate.js";
import { heldByOne, othersAccounts } from "../mysql-wire/checks.js";
import type { Wire } from "../mysql-wire/connect.js";
import { grantedIn, holds } from "../mysql-wire/held-rights.js";
import { sessionsOf } from "../mysql-wire/open-sessions.js";
import { pairOf } from "../mysql-wire/pair.js";
import { probe } from "../mysql-wire/probe.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { READ, rehearse } from "../mysql-wire/rehearse.js";
import { isAllPowerful } from "../mysql-wire/superuser.js";
import { allGrants, baseOf, dialect } from "./dialect.js";
import { traits } from "./traits.js";
import { setPassword } from "./users.js";
import { atLeast, requireVersion } from "./version.js";

const RETAIN = " RETAIN CURRENT PASSWORD";

/** `current`: the password that the session was opened with; servers may want it again for a change. */
export function session(wire: Wire, current: string): Session {
  const { account, connection, serverVersion } = wire;
  const ours = dialect(wire);
  let known = current;

  /**
   * The account's plugin stays as it is. MySQL masks passwords in its own logs. What REPLACE takes is the primary
   * password, which is not the one that logged in where a rotation left another: then it is left out, which accounts
   * that PASSWORD REQUIRE CURRENT refuse.
   */
  async function changeOwn(password: string, retain: "" | typeof RETAIN): Promise<void> {
    const change = (replace: string) =>
      wire.query(`ALTER USER USER() IDENTIFIED BY ${connection.escape(password)}${replace}${retain}`);
    const replace = atLeast(serverVersion, 8, 0, 13) ? ` REPLACE ${connection.escape(known)}` : "";
    await change(replace).catch((error: { errno?: number }) => {
      if (error.errno !== NOT_THE_PRIMARY) throw error;
      return change("");
    });
    known = password;
  }

  return {
    whoAmI: async () => ({ login: account.user, actingAs: account.user, serverVersion }),

    /** Of all its roles too: it may put on any of them. */
    isSuperuser: async () => isAllPowerful(await allGrants(wire, "CURRENT_USER()")),

    async changeOwnPassword({ password }) {
      await changeOwn(password, "");
      return { sentAs: "masked" };
    },

    async setPassword({ username, password }) {
      await setPassword(wire, await othersAccounts(wire, ours, username), password);
      return { sentAs: "masked" };
    },

    /**
     * RETAIN keeps the primary password, which is another than the current one where a rotation was rolled back: so
     * the current one is made the primary first. https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords
     */
    async addPassword({ username, current: kept, password }) {
      requireVersion(serverVersion, "A second password", 8, 0, 14);
      const own = username === account.user;
      const accounts = own ? [] : await heldByOne(wire, ours, username);
      await unlessRemembered(() => (own ? changeOwn(kept, "") : setPassword(wire, accounts, kept)));
      await (own ? changeOwn(password, RETAIN) : setPassword(wire, accounts, password, RETAIN));
      return { sentAs: "masked" };
    },

    pair: async () => pairOf(account.user, await baseOf(wire, account), traits.username.max),

    async alternate(request) {
      requireVersion(serverVersion, "A pair of users", 8, 0, 21);
      return alternate(wire, ours, request);
    },

    async retire(request) {
      if ("pair" in request) return retirePair(wire, ours, request.pair);
      const { username, keep } = request;
      // Of its own login a user may do it, and may not look up the accounts.
      const own = username === account.user;
      const accounts = own ? [] : await heldByOne(wire, ours, username);
      if (!keep.newest) await (own ? changeOwn(keep.password, "") : setPassword(wire, accounts, keep.password));
      if (own) await wire.query("ALTER USER USER() DISCARD OLD PASSWORD");
      for (const one of accounts) await wire.query(`ALTER USER ${quoteAccount(connection, one)} DISCARD OLD PASSWORD`);
    },

    sessionsOf: (username) => sessionsOf(wire, username),
    async rehearse(change) {
      if (change.kind === "pair") requireVersion(serverVersion, "A pair of users", 8, 0, 21);
      if (change.kind === "second password") requireVersion(serverVersion, "A second password", 8, 0, 14);
      return change.kind === "second password" && change.username === account.user
        ? rehearseOwnSecond(wire)
        : rehearse(wire, ours, change);
    },

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}

/** https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html#error_er_incorrect_current_password */
const NOT_THE_PRIMARY = 3891;
/** https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords */
async function rehearseOwnSecond(wire: Wire): Promise<string> {
  const own = (await dialect(wire).ownGrants()).flatMap(grantedIn);
  const everywhere = { database: "*", object: "*" };
  if (["APPLICATION_PASSWORD_ADMIN", "CREATE USER"].some((privilege) => holds(own, privilege, everywhere))) return READ;
  const user = quoteAccount(wire.connection, wire.account);
  throw new KeyturnError("AccessDeniedError", {
    code: "PermissionDenied",
    message:
      `The user ${user} may not have a second password. A person who may should run: GRANT APPLICATION_PASSWORD_ADMIN ON *.* ` +
      `TO ${user}; or name an admin in "masterarn".`,
  });
}

/** Where a history of passwords is kept the current one cannot be set again: then it is taken to be the primary. */
async function unlessRemembered(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as { errno?: number }).errno !== 3638) throw error;
  }
}
