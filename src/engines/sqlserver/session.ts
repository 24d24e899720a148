import { KeyturnError } from "../../errors.js";
import type { PasswordReport, Session } from "../engine.js";
import { alternate, retire } from "./alternate.js";
import { SUPERUSER } from "./catalog.js";
import type { Wire } from "./connect.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";
import { probe } from "./probe.js";
import { mayChange, rehearse } from "./rehearse.js";
import { queryIn } from "./statement.js";
import { containedUsers, logins } from "./users.js";

/** Statements about logins are kept out of the server's traces: https://learn.microsoft.com/sql/relational-databases/event-classes/sql-trace */
const MASKED: PasswordReport = { sentAs: "masked" };

export function session(wire: Wire): Session {
  const { actingAs, serverVersion, contained } = wire.facts;
  const { username } = wire.credential;
  /** As the secret writes it: most servers take names in any case. */
  const login = wire.facts.login.toLowerCase() === username.toLowerCase() ? username : wire.facts.login;
  const accounts = contained ? containedUsers(wire) : logins(wire);
  /** What the login has now, which the server wants to hear at a change of one's own. */
  let known = wire.credential.password;

  return {
    whoAmI: async () => ({ login, actingAs, serverVersion }),

    async isSuperuser() {
      const [row] = await wire.query<{ superuser: number }>({ sql: SUPERUSER, parameters: {} });
      return row?.superuser !== 0;
    },

    /** A policy with a history would refuse what is set already. */
    async changeOwnPassword({ password }) {
      if (password !== known) await accounts.changePassword(login, password, known);
      known = password;
      return MASKED;
    },

    async setPassword({ username, password }) {
      await mayChange(wire, accounts, username);
      await permitted(wire, username, () => accounts.setPassword(username, password));
      return MASKED;
    },

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, accounts, request),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword();
      await retire(wire, accounts, request.pair);
    },

    async sessionsOf(username) {
      const [row] = await wire.query<{ sessions: number | null }>(queryIn("master", SESSIONS, username));
      return row?.sessions ?? undefined;
    },

    rehearse: (change) => rehearse(wire, accounts, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}

function noDualPassword(): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "NoDualPassword",
    message: "A login of SQL Server has one password, so there is none beside it to retire.",
  });
}

/**
 * Without the right VIEW SERVER STATE everybody sees the session itself only.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql
 */
const SESSIONS = `
  SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1
              THEN (SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE original_login_name = @name AND session_id <> @@SPID)
         END AS sessions`;
