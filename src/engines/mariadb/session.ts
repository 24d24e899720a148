import type { Session } from "../engine.js";
import { shownGrants } from "../mysql-wire/align.js";
import { alternate, retire } from "../mysql-wire/alternate.js";
import { heldByOne, othersAccounts } from "../mysql-wire/checks.js";
import type { Wire } from "../mysql-wire/connect.js";
import { sessionsOf } from "../mysql-wire/open-sessions.js";
import { probe } from "../mysql-wire/probe.js";
import { isAllPowerful } from "../mysql-wire/superuser.js";
import { dialect } from "./dialect.js";
import { withRoles } from "./granted-rights.js";
import { pair } from "./pair.js";
import { setOwnPassword, setPassword } from "./passwords.js";
import { rehearse } from "./rehearse.js";

export function session(wire: Wire): Session {
  const { account, serverVersion } = wire;
  const ours = dialect(wire);

  return {
    whoAmI: async () => ({ login: account.user, actingAs: account.user, serverVersion }),

    /** Of all its roles too: it may put on any of them. */
    isSuperuser: async () => isAllPowerful(await withRoles(wire, await shownGrants(wire))),

    changeOwnPassword: ({ password }) => setOwnPassword(wire, password),

    async setPassword({ username, password }) {
      await setPassword(wire, await othersAccounts(wire, ours, username), [password]);
      return { sentAs: "verifier" };
    },

    /** Two native ways on one account. Only an admin may define them; the user itself is told that it may not. */
    async addPassword({ username, current, password }) {
      await setPassword(wire, await heldByOne(wire, ours, username), [password, current]);
      return { sentAs: "verifier" };
    },

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, ours, request),

    async retire(request) {
      if ("pair" in request) return retire(wire, ours, request.pair);
      return setPassword(wire, await heldByOne(wire, ours, request.username), [request.keep.password]);
    },

    sessionsOf: (username) => sessionsOf(wire, username),

    rehearse: (change) => rehearse(wire, ours, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
