import { KeyturnError } from "../../errors.js";
import type { Session } from "../engine.js";
import { alternate } from "../mysql-wire/alternate.js";
import type { Wire } from "../mysql-wire/connect.js";
import { pairOf } from "../mysql-wire/pair.js";
import { probe } from "../mysql-wire/probe.js";
import { rehearse } from "../mysql-wire/rehearse.js";
import { sessionsOf } from "../mysql-wire/sessions.js";
import { unknownPassword } from "../unknown-password.js";
import { accountsOf, setPassword } from "./accounts.js";
import { baseOf, dialect } from "./dialect.js";
import { traits } from "./traits.js";
import { nativeVerifier } from "./verifier.js";

export function session(wire: Wire): Session {
  const { account, connection, serverVersion } = wire;
  const ownDefinition = async () =>
    Object.values((await wire.query<Record<string, string>>("SHOW CREATE USER"))[0] ?? {})[0] ?? "";
  return {
    whoAmI: async () => ({ login: account.user, actingAs: account.user, serverVersion }),

    /** SET PASSWORD keeps the account's other ways to log in. One that is not of the native kind needs the clear password. */
    async changeOwnPassword({ password }) {
      const create = await ownDefinition();
      if (/IDENTIFIED (BY PASSWORD|VIA mysql_native_password)/.test(create)) {
        await wire.query(`SET PASSWORD = ${connection.escape(nativeVerifier(password))}`);
        return { sentAs: "verifier" };
      }
      await wire.query(`SET PASSWORD = PASSWORD(${connection.escape(password)})`);
      return { sentAs: "clear text" };
    },

    async setPassword({ username, password }) {
      await setPassword(wire, await accountsOf(wire, username), [password]);
      return { sentAs: "verifier" };
    },

    /** Two native ways on one account. Only an admin may define them; the user itself is told that it may not. */
    async addPassword({ username, current, password }) {
      await setPassword(wire, await accountsOf(wire, username), [password, current]);
      return { sentAs: "verifier" };
    },

    pair: async () => pairOf(account.user, await baseOf(wire), traits.username.max),

    alternate: (request) => alternate(wire, dialect(wire), request),

    async retire({ username, keep }) {
      const accounts = await accountsOf(wire, username);
      if (keep === undefined) return setPassword(wire, accounts, [unknownPassword()], " ACCOUNT LOCK");
      return setPassword(wire, accounts, [keep.password]);
    },

    sessionsOf: (username) => sessionsOf(wire, username),
    async rehearse(change) {
      if (change.kind === "own password" && OTHER_WAY_FIRST.test(await ownDefinition())) throw noPasswordOfItsOwn();
      return rehearse(wire, dialect(wire), change);
    },

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}

/** Ways to log in that SET PASSWORD does not apply to. https://mariadb.com/kb/en/set-password/ */
const OTHER_WAY_FIRST = /IDENTIFIED VIA (unix_socket|named_pipe|gssapi|pam)\b/;

/** As the server's error 1699 is told. */
function noPasswordOfItsOwn(): KeyturnError {
  return new KeyturnError("AccessDeniedError", {
    code: "NoPasswordOfItsOwn",
    message:
      "The account logs in by another way first, so it cannot change its password by itself. " +
      'Name an admin in "masterarn".',
  });
}
