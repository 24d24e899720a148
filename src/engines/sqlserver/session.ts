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
