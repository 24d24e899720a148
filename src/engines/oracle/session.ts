import type { Session } from "../engine.js";
import { alternate } from "./alternate.js";
import { isSameName } from "./names.js";
import { pair } from "./pair.js";
import { passwords } from "./passwords.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import type { Wire } from "./wire.js";

export function session(wire: Wire): Session {
  const { user, credential } = wire.account;
  const { set, add, retire } = passwords(wire);
  /** As the secret writes it, where it means this login: callers compare the two. */
  const login = isSameName(credential.username, user) ? credential.username : user;
  return {
    whoAmI: async () => ({ login, actingAs: login, serverVersion: wire.serverVersion }),

    changeOwnPassword: ({ password }) => set(credential.username, password),

    setPassword: ({ username, password }) => set(username, password),

    addPassword: ({ username, current, password }) => add(username, current, password),

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, set, request),

    retire: ({ username, keep }) => retire(username, keep),

    rehearse: (change) => rehearse(wire, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
