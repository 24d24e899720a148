import type { Session } from "../engine.js";
import { noDualPassword } from "../refusals.js";
import { alternate, retire } from "./alternate.js";
import { refuseToChange } from "./checks.js";
import type { Wire } from "./connect.js";
import { sessionsOf } from "./open-sessions.js";
import { pair } from "./pair.js";
import { setPassword } from "./passwords.js";
import { permitted } from "./permitted.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import { isSuperuser } from "./superuser.js";

export function session(wire: Wire): Session {
  const { username: login, serverVersion } = wire;

  return {
    whoAmI: async () => ({ login, actingAs: login, serverVersion }),

    isSuperuser: () => isSuperuser(wire),

    changeOwnPassword: ({ password }) => setPassword(wire, login, password),

    setPassword: ({ username, password }) =>
      permitted(wire, username, async () => {
        await refuseToChange(wire, username);
        return setPassword(wire, username, password);
      }),

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, request),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword("DocumentDB");
      await retire(wire, request.pair);
    },

    sessionsOf: (username) => sessionsOf(wire, username),

    rehearse: (change) => rehearse(wire, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
