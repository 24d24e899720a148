import type { PasswordReport, Session } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { containedUsers, logins } from "./accounts.js";
import { alternate } from "./alternate.js";
import { pair } from "./pair.js";
import { permitted } from "./permitted.js";
import { rehearse } from "./rehearse.js";
import type { Wire } from "./wire.js";

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

    /** A policy with a history would refuse what is set already. */
    async changeOwnPassword({ password }) {
      if (password !== known) await accounts.setPassword(login, password, known);
      known = password;
      return MASKED;
    },

    async setPassword({ username, password }) {
      await permitted(wire, username, () => accounts.setPassword(username, password));
      return MASKED;
    },

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, accounts, request),

    retire: ({ username }) =>
      permitted(wire, username, async () => {
        await accounts.setPassword(username, unknownPassword());
        await accounts.bar(username);
      }),

    async sessionsOf(username) {
      const [row] = await wire.query<{ sessions: number | null }>({ sql: SESSIONS, parameters: { name: username } });
      return row?.sessions ?? undefined;
    },

    rehearse: (change) => rehearse(wire, accounts, change),

    /** XACT_ABORT, so that whatever fails leaves no transaction open. */
    async probe(statements) {
      const run = (sql: string) => wire.query({ sql, parameters: {} });
      for (const statement of statements)
        await run(`SET XACT_ABORT ON; BEGIN TRANSACTION; ${statement}\n; IF @@TRANCOUNT > 0 ROLLBACK;`);
    },

    close: () => wire.close(),
  };
}

/**
 * Without the right VIEW SERVER STATE everybody sees the session itself only.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-sessions-transact-sql
 */
const SESSIONS = `
  SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1
              THEN (SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE original_login_name = @name AND session_id <> @@SPID)
         END AS sessions`;
