import type { Session } from "../engine.js";
import { alternate } from "./alternate.js";
import { dictionaryName, isSameName } from "./names.js";
import { pair } from "./pair.js";
import { passwords } from "./passwords.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import type { Wire } from "./wire.js";

export function session(wire: Wire): Session {
  const { user, credential } = wire.account;
  const { set, add, retire } = passwords(wire);
  /** As the secret writes it, where it means this login: callers compare the two. */
  const login = isSameName(credential.username, user) ? credential.username : user;
  return {
    whoAmI: async () => ({ login, actingAs: login, serverVersion: wire.serverVersion }),

    changeOwnPassword: ({ password }) => set(credential.username, password),

    setPassword: ({ username, password }) => set(username, password),

    addPassword: ({ username, current, password }) => add(username, current, password),

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, set, request),

    retire: ({ username, keep }) => retire(username, keep),

    /**
     * Needs SELECT_CATALOG_ROLE; who may not read the view is refused it.
     * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-SESSION.html
     */
    async sessionsOf(username) {
      const [row] = await wire.query<{ sessions: number }>(
        "SELECT COUNT(*) AS \"sessions\" FROM V$SESSION WHERE USERNAME = :name AND SID <> SYS_CONTEXT('USERENV', 'SID')",
        { name: dictionaryName(username) },
      );
      return row && Number(row.sessions);
    },

    rehearse: (change) => rehearse(wire, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
