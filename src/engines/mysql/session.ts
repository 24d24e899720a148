import type { Session } from "../engine.js";
import { alternate, retire } from "../mysql-wire/alternate.js";
import { heldByOne, othersAccounts } from "../mysql-wire/checks.js";
import type { Wire } from "../mysql-wire/connect.js";
import { sessionsOf } from "../mysql-wire/open-sessions.js";
import { probe } from "../mysql-wire/probe.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { isAllPowerful } from "../mysql-wire/superuser.js";
import { dialect } from "./dialect.js";
import { allGrants } from "./granted-rights.js";
import { pair } from "./pair.js";
import { ownPassword, RETAIN, setPassword, unlessRemembered } from "./passwords.js";
import { rehearse } from "./rehearse.js";
import { requireVersion } from "./version.js";

/** `current`: the password that the session was opened with. */
export function session(wire: Wire, current: string): Session {
  const { account, connection, serverVersion } = wire;
  const ours = dialect(wire);
  const changeOwn = ownPassword(wire, current);

  return {
    whoAmI: async () => ({ login: account.user, actingAs: account.user, serverVersion }),

    /** Of all its roles too: it may put on any of them. */
    isSuperuser: async () => isAllPowerful(await allGrants(wire, "CURRENT_USER()")),

    async changeOwnPassword({ password }) {
      await changeOwn(password);
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
      requireVersion(serverVersion, "second password");
      const own = username === account.user;
      const accounts = own ? [] : await heldByOne(wire, ours, username);
      await unlessRemembered(() => (own ? changeOwn(kept) : setPassword(wire, accounts, kept)));
      await (own ? changeOwn(password, RETAIN) : setPassword(wire, accounts, password, RETAIN));
      return { sentAs: "masked" };
    },

    pair: () => pair(wire),

    async alternate(request) {
      requireVersion(serverVersion, "pair");
      return alternate(wire, ours, request);
    },

    async retire(request) {
      if ("pair" in request) return retire(wire, ours, request.pair);
      const { username, keep } = request;
      // Of its own login a user may do it, and may not look up the accounts.
      const own = username === account.user;
      const accounts = own ? [] : await heldByOne(wire, ours, username);
      if (!keep.newest) await (own ? changeOwn(keep.password) : setPassword(wire, accounts, keep.password));
      if (own) await wire.query("ALTER USER USER() DISCARD OLD PASSWORD");
      for (const one of accounts) await wire.query(`ALTER USER ${quoteAccount(connection, one)} DISCARD OLD PASSWORD`);
    },

    sessionsOf: (username) => sessionsOf(wire, username),

    rehearse: (change) => rehearse(wire, ours, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
