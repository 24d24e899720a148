import type { PasswordReport, Session } from "../engine.js";
import { unknownPassword } from "../unknown-password.js";
import { alternate } from "./alternate.js";
import { pair } from "./pair.js";
import { probe } from "./probe.js";
import { rehearse } from "./rehearse.js";
import { sessionsOf } from "./sessions.js";
import type { Wire } from "./wire.js";

export function session(wire: Wire): Session {
  const { username: login, serverVersion } = wire;

  /** The server keeps `pwd` out of its logs and profiles. */
  async function setPassword(username: string, password: string): Promise<PasswordReport> {
    await wire.command({ updateUser: username, pwd: password });
    return { sentAs: "masked" };
  }

  return {
    whoAmI: async () => ({ login, actingAs: login, serverVersion }),

    /** Needs the action `changeOwnPassword`, which few of the built-in roles have: else an admin does it. */
    changeOwnPassword: ({ password }) => setPassword(login, password),

    setPassword: ({ username, password }) => setPassword(username, password),

    pair: () => pair(wire),

    alternate: (request) => alternate(wire, request),

    /** No user of this server can be barred, but one whose password nobody knows is. */
    async retire({ username }) {
      await setPassword(username, unknownPassword());
    },

    sessionsOf: (username) => sessionsOf(wire, username),
    rehearse: (change) => rehearse(wire, change),

    probe: (statements) => probe(wire, statements),

    close: () => wire.close(),
  };
}
