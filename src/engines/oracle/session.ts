import type { Session } from "../engine.js";
import { alternate, retire } from "./alternate.js";
import { refuseItself, refuseToChange } from "./checks.js";
import type { Wire } from "./connect.js";
import { dictionaryName, isSameName } from "./names.js";
import { sessionsOf } from "./open-sessions.js";
import { pair } from "./pair.js";
import { passwords } from "./passwords.js";
import { probe } from "./probe.js";
import { quotePassword } from "./quote.js";
import { rehearse } from "./rehearse.js";
import { isSuperuser } from "./superuser.js";

export function session(wire: Wire): Session {
  const { user, credential } = wire.account;
  const { set, add, keepOne } = passwords(wire);
  /** As the secret writes it, where it means this login: callers compare the two. */
  const login = isSameName(credential.username, user) ? credential.username : user;
  /** Of the own or, as an admin, of another. */
  async function either(username: string): Promise<void> {
    const name = dictionaryName(username);
    if (name !== user) await refuseToChange(wire, name);
  }

  return {
    whoAmI: async () => ({ login, actingAs: login, serverVersion: wire.serverVersion }),

    isSuperuser: () => isSuperuser(wire),

    changeOwnPassword: ({ password }) => set(credential.username, password),

    async setPassword({ username, password }) {
      quotePassword(password);
      refuseItself(wire, dictionaryName(username));
      await refuseToChange(wire, dictionaryName(username));
      return set(username, password);
    },

    async addPassword({ username, current, password }) {
      quotePassword(password);
      await either(username);
      return add(username, current, password);
    },

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, set, request),

    async retire(request) {
      if ("pair" in request) return retire(wire, set, request.pair);
      quotePassword(request.keep.password);
      await either(request.username);
      await keepOne(request.username, request.keep);
    },

    sessionsOf: (username) => sessionsOf(wire, username),

    rehearse: (change) => rehearse(wire, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
