import type { Session } from "../engine.js";
import { noDualPassword } from "../refusals.js";
import { alternate, retire } from "./alternate.js";
import { refuseOnAzure } from "./checks.js";
import type { Wire } from "./connect.js";
import { sessionsOf } from "./open-sessions.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";
import { probe } from "./probe.js";
import { mayChange, rehearse } from "./rehearse.js";
import { isSuperuser } from "./superuser.js";
import { containedUsers, logins, SENT } from "./users.js";

export function session(wire: Wire): Session {
  const { actingAs, serverVersion, contained, database } = wire.facts;
  const { username } = wire.credential;
  /** As the secret writes it: most servers take names in any case. */
  const login = wire.facts.login.toLowerCase() === username.toLowerCase() ? username : wire.facts.login;
  const accounts = contained ? containedUsers(wire) : logins(wire);
  /** What the login has now, which the server wants to hear at a change of one's own. */
  let known = wire.credential.password;

  return {
    whoAmI: async () => ({ login, actingAs, serverVersion, ...(contained ? { keptIn: database } : {}) }),

    isSuperuser: () => isSuperuser(wire),

    /** A policy with a history would refuse what is set already. */
    async changeOwnPassword({ password }) {
      refuseOnAzure(wire, { own: true });
      if (password !== known) await accounts.changePassword(login, password, known);
      known = password;
      return SENT;
    },

    async setPassword({ username, password }) {
      await mayChange(wire, accounts, username);
      await permitted(wire, username, () => accounts.setPassword(username, password));
      return SENT;
    },

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, accounts, request),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword("SQL Server");
      await retire(wire, accounts, request.pair);
    },

    sessionsOf: (username) => sessionsOf(wire, username),

    rehearse: (change) => rehearse(wire, accounts, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
