import { KeyturnError } from "../../errors.js";
import type { KeptPassword, PasswordReport } from "../engine.js";
import type { Wire } from "./connect.js";
import { numbersOf } from "./errors.js";
import { dictionaryName } from "./names.js";
import { quoteName, quotePassword } from "./quote.js";
import { hasRollover, requireRollover, rolloverOf } from "./rollover.js";

/** The passwords of users: of the session's own by the protocol, of another's, as an admin, by statements. */
export function passwords(wire: Wire) {
  const { account } = wire;
  /** One that the login has now: Oracle asks for it at every change of one's own. */
  let own = account.credential.password;

  const isOwn = (user: string) => user === account.user;

  /**
   * Where the user's profile has a rollover time, the password before stays valid until `endRollover`; a statement may say that
   * it does not (`only`), so that there is no moment in between.
   *
   * A change by the protocol is encrypted with the session's key (lib/thin/protocol/messages/auth.js of the driver),
   * names the old password, as verify functions want it, and no log of statements has it. Of ALTER USER no page of
   * Oracle's promises that of every log and trace, so that is said to be clear text.
   * https://node-oracledb.readthedocs.io/en/latest/user_guide/connection_handling.html#changing-passwords-and-connecting-with-an-expired-password
   * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ALTER-USER.html
   */
  async function change(
    user: string,
    password: string,
    { clause = "", only = false }: How = {},
  ): Promise<PasswordReport> {
    const quoted = quotePassword(password);
    if (isOwn(user)) {
      await wire.changePassword(account.credential.username, own, password);
      own = password;
      return { sentAs: "masked" };
    }
    await wire.execute(`ALTER USER ${quoteName(user)} IDENTIFIED BY ${quoted}${clause}${only ? ONLY : ""}`);
    return { sentAs: "clear text" };
  }

  /**
   * Makes the newest password the only one. Both the user itself and an admin may.
   * https://docs.oracle.com/en/database/oracle/oracle-database/21/dbseg/configuring-authentication.html
   * ("Ending the Password Rollover Period")
   */
  async function endRollover(user: string): Promise<void> {
    const { active } = await rolloverOf(wire, user);
    if (active) await wire.execute(`ALTER USER ${quoteName(user)}${ONLY}`);
  }

  /** The user has this password and no other. Without the second step the one before would be valid, and then not. */
  async function set(username: string, password: string, clause: Clause = ""): Promise<PasswordReport> {
    const user = dictionaryName(username);
    const before = await rolloverOf(wire, user);
    // A policy may refuse what a repeated call asks for again; it is so already, unless another is valid beside it.
    if (isOwn(user) && password === own && !before.active) return { sentAs: "masked" };
    const only = before.active || hasRollover(before);
    const report = await change(user, password, { clause, only });
    if (only) await endRollover(user);
    return report;
  }

  /**
   * A change during a rollover keeps the password that was there before it and the newest; the one between is
   * forgotten. Which of the two `current` is nobody can ask, so it is first made the only one, and is valid all the
   * while.
   * https://docs.oracle.com/en/database/oracle/oracle-database/21/dbseg/configuring-authentication.html
   * ("Changing a Password During the Gradual Database Password Rollover Period")
   */
  async function add(username: string, current: string, password: string): Promise<PasswordReport> {
    const user = dictionaryName(username);
    const rollover = await rolloverOf(wire, user);
    requireRollover(rollover, wire, user);
    if (rollover.active) {
      await change(user, current, { only: true }).catch((error: unknown) => {
        throw numbersOf(error).some((number) => number === 28003 || number === 28007) ? stuck(user) : error;
      });
      await endRollover(user);
    }
    return change(user, password);
  }

  async function keepOne(username: string, keep: KeptPassword): Promise<void> {
    if (keep.newest) return endRollover(dictionaryName(username));
    await set(username, keep.password);
  }

  return { set, add, keepOne };
}

/** What an admin may say with a password. */
type Clause = "" | " ACCOUNT LOCK" | " ACCOUNT UNLOCK";

interface How {
  readonly clause?: Clause;
  readonly only?: boolean;
}

/** https://docs.oracle.com/en/database/oracle/oracle-database/21/sqlrf/ALTER-USER.html (with IDENTIFIED BY: error 28225) */
const ONLY = " EXPIRE PASSWORD ROLLOVER PERIOD";

function stuck(user: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "InRollover",
    message:
      `The user ${JSON.stringify(user)} has two passwords already, and its profile lets the current one not be set again. ` +
      `A person who may should run, with the password that the secret has now: ALTER USER ${quoteName(user)} IDENTIFIED BY ` +
      "… EXPIRE PASSWORD ROLLOVER PERIOD; or wait until the period ends by itself, if it is the newer.",
  });
}
