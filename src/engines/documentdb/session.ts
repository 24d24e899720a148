import { KeyturnError } from "../../errors.js";
import type { PasswordReport, Session } from "../engine.js";
import { alternate, permitted, retire } from "./alternate.js";
import { refuseToChange } from "./checks.js";
import type { Wire } from "./connect.js";
import { sessionsOf } from "./open-sessions.js";
import { pair } from "./pair.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import { isSuperuser } from "./superuser.js";

export function session(wire: Wire): Session {
  const { username: login, serverVersion } = wire;

  /** The server keeps `pwd` out of its logs and profiles. */
  async function setPassword(username: string, password: string): Promise<PasswordReport> {
    await wire.command({ updateUser: username, pwd: password });
    return { sentAs: "masked" };
  }

  return {
    whoAmI: async () => ({ login, actingAs: login, serverVersion }),

    isSuperuser: () => isSuperuser(wire),

    /** Needs the action `changeOwnPassword`, which few of the built-in roles have: else an admin does it. */
    changeOwnPassword: ({ password }) => setPassword(login, password),

    setPassword: ({ username, password }) =>
      permitted(wire, username, async () => {
        await refuseToChange(wire, username);
        return setPassword(username, password);
      }),

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, request),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword();
      await retire(wire, request.pair);
    },

    sessionsOf: (username) => sessionsOf(wire, username),
    rehearse: (change) => rehearse(wire, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}

function noDualPassword(): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "NoDualPassword",
    message: "A user of DocumentDB has one password, so there is none beside it to retire.",
  });
}
