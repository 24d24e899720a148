import { KeyturnError } from "../../errors.js";
import type { Session } from "../engine.js";
import { shownGrants } from "../mysql-wire/align.js";
import { alternate, retirePair } from "../mysql-wire/alternate.js";
import { heldByOne, othersAccounts } from "../mysql-wire/checks.js";
import type { Wire } from "../mysql-wire/connect.js";
import { sessionsOf } from "../mysql-wire/open-sessions.js";
import { pairOf } from "../mysql-wire/pair.js";
import { probe } from "../mysql-wire/probe.js";
import { rehearse } from "../mysql-wire/rehearse.js";
import { isAllPowerful } from "../mysql-wire/superuser.js";
import { definitionOf, NATIVE } from "./definition.js";
import { baseOf, dialect, withRoles } from "./dialect.js";
import { traits } from "./traits.js";
import { setPassword } from "./users.js";
import { nativeVerifier } from "./verifier.js";

export function session(wire: Wire): Session {
  const { account, connection, serverVersion } = wire;
  const ours = dialect(wire);
  return {
    whoAmI: async () => ({ login: account.user, actingAs: account.user, serverVersion }),

    /** Of all its roles too: it may put on any of them. */
    isSuperuser: async () => isAllPowerful(await withRoles(wire, await shownGrants(wire))),

    /** SET PASSWORD keeps the account's other ways to log in. One that is not of the native kind needs the clear password. */
    async changeOwnPassword({ password }) {
      const [first] = (await definitionOf(wire)).ways;
      if (first?.plugin === NATIVE) {
        await wire.query(`SET PASSWORD = ${connection.escape(nativeVerifier(password))}`);
        return { sentAs: "verifier" };
      }
      await wire.query(`SET PASSWORD = PASSWORD(${connection.escape(password)})`);
      return { sentAs: "clear text" };
    },

    async setPassword({ username, password }) {
      await setPassword(wire, await othersAccounts(wire, ours, username), [password]);
      return { sentAs: "verifier" };
    },

    /** Two native ways on one account. Only an admin may define them; the user itself is told that it may not. */
    async addPassword({ username, current, password }) {
      await setPassword(wire, await heldByOne(wire, ours, username), [password, current]);
      return { sentAs: "verifier" };
    },

    pair: async () => pairOf(account.user, await baseOf(wire), traits.username.max),

    alternate: (request) => alternate(wire, ours, request),

    async retire(request) {
      if ("pair" in request) return retirePair(wire, ours, request.pair);
      return setPassword(wire, await heldByOne(wire, ours, request.username), [request.keep.password]);
    },

    sessionsOf: (username) => sessionsOf(wire, username),
    async rehearse(change) {
      if (change.kind === "own password") {
        const [first] = (await definitionOf(wire)).ways;
        if (first && OTHER_WAYS.has(first.plugin)) throw noPasswordOfItsOwn();
      }
      return rehearse(wire, ours, change);
    },

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}

/** Ways to log in that SET PASSWORD does not apply to. https://mariadb.com/kb/en/set-password/ */
const OTHER_WAYS: ReadonlySet<string> = new Set(["unix_socket", "named_pipe", "gssapi", "pam"]);

/** As the server's error 1699 is told. */
function noPasswordOfItsOwn(): KeyturnError {
  return new KeyturnError("AccessDeniedError", {
    code: "NoPasswordOfItsOwn",
    message:
      "The account logs in by another way first, so it cannot change its password by itself. " +
      'Name an admin in "masterarn".',
  });
}
