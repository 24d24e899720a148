import type { Session } from "../engine.js";
import { inSavepoint } from "../postgres-wire/transactions.js";
import { noDualPassword } from "../refusals.js";
import { alternate, retire } from "./alternate.js";
import type { Wire } from "./connect.js";
import { sessionsOf } from "./open-sessions.js";
import { pair } from "./pair.js";
import { notItself, ofAnother, ofItself, withPassword } from "./passwords.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import { isSuperuser } from "./superuser.js";

export function session(wire: Wire): Session {
  const { client, facts } = wire;
  const setter = (username: string, password: string) => withPassword(client, facts, username, password);
  return {
    whoAmI: async () => facts,

    isSuperuser: () => isSuperuser(client),

    changeOwnPassword: ({ password }) => setter(facts.login, password)(ofItself(client, facts.login)),

    setPassword: ({ username, password }) =>
      notItself(facts.login, username, () => setter(username, password)(ofAnother(client, username))),

    pair: () => pair(client, facts.login),

    alternate: (request) =>
      alternate(
        client,
        facts.login,
        request,
        withPassword(client, facts, request.pair.next, request.password, inSavepoint),
      ),

    async retire(request) {
      if (!("pair" in request)) throw noDualPassword("PostgreSQL");
      await retire(client, facts.login, request.pair);
    },

    sessionsOf: (username) => sessionsOf(client, username),

    rehearse: (change) => rehearse(client, facts, change),

    probe: (statements) => probe(wire, statements),

    close: () => client.end(),
  };
}
