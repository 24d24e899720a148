import type { Session } from "../engine.js";
import { noDualPassword } from "../refusals.js";
import { alternate, retire } from "./alternate.js";
import type { Wire } from "./connect.js";
import { sessionsOf } from "./open-sessions.js";
import { pair } from "./pair.js";
import { notItself, setPassword } from "./passwords.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import { isSuperuser } from "./superuser.js";

export function session(wire: Wire): Session {
  const { client, facts } = wire;
  const { login } = facts;
  return {
    whoAmI: async () => facts,

    isSuperuser: () => isSuperuser(client, login),

    changeOwnPassword: ({ password }) => setPassword(client, login, password),

    setPassword: ({ username, password }) => notItself(login, username, () => setPassword(client, username, password)),

    pair: () => pair(client, login),

    alternate: (request) => alternate(client, login, request),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword("Redshift");
      await retire(client, login, request.pair);
    },

    sessionsOf: (username) => sessionsOf(client, login, username),

    rehearse: (change) => rehearse(client, login, change),

    probe: (statements) => probe(wire, statements),

    close: () => client.end(),
  };
}
