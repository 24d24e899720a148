import { KeyturnError } from "../../errors.js";
import type { Change } from "../engine.js";
import type { Wire } from "../mysql-wire/connect.js";
import type { Dialect } from "../mysql-wire/dialect.js";
import { rehearse as rehearseByGrants } from "../mysql-wire/rehearse.js";
import { definitionOf } from "./definition.js";

export async function rehearse(wire: Wire, dialect: Dialect, change: Change): Promise<string> {
  if (change.kind === "own password") {
    const [first] = (await definitionOf(wire)).ways;
    if (first && OTHER_WAYS.has(first.plugin)) throw noPasswordOfItsOwn();
  }
  return rehearseByGrants(wire, dialect, change);
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
