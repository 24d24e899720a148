import type { Session } from "../../../src/engines/engine.js";
import { baseNamed, pairOf } from "../../../src/engines/pairs.js";
import { engineTraits } from "../../../src/engines/registry.js";
import { type ErrorName, KeyturnError } from "../../../src/errors.js";
import type { Databases } from "../../../src/rotation/ports.js";
import type { Happens } from "../imagined.js";

/** A login on the one server that there is. */
export interface ImaginedLogin {
  /** What lets it in. */
  readonly passwords: readonly string[];
  /** Whether it may change its own password, as it may unless this says otherwise. */
  readonly mayChangeItself?: boolean;
  /** Whether it may change others'. */
  readonly isAdmin?: boolean;
  readonly isSuperuser?: boolean;
  /** Whether the server says, before it looks at the password, that the login is locked. */
  readonly isLocked?: boolean;
  /** As whom the server takes it, where that is another. */
  readonly takenFor?: string;
  /** How many sessions of it are open; absent: the server does not let them be seen. */
  readonly sessions?: number;
}

export const refusal = (name: ErrorName, code: string) => new KeyturnError(name, { code, message: `${code} here.` });

/** A server of any engine, which keeps the passwords of its logins in `logins` and has no more rules than these. */
export function imaginedDatabases(logins: Map<string, ImaginedLogin>, happens: Happens) {
  let open = 0;
  const set = (name: string, fields: Partial<ImaginedLogin>) =>
    logins.set(name, { passwords: [], ...logins.get(name), ...fields });

  const session = (name: string, engine: string): Session => {
    const { traits } = engineTraits(engine);
    const own = () => logins.get(name) as ImaginedLogin;
    const may = (is: boolean | undefined) => {
      if (!is) throw refusal("AccessDeniedError", "PermissionDenied");
    };
    const mayChange = (username: string) => may(username === name ? own().mayChangeItself !== false : own().isAdmin);
    return {
      whoAmI: async () => ({ login: own().takenFor ?? name, actingAs: name, serverVersion: "16.4" }),
      isSuperuser: async () => own().isSuperuser ?? false,
      async changeOwnPassword({ password }) {
        await happens(`set ${name} by itself`);
        mayChange(name);
        set(name, { passwords: [password] });
        return { sentAs: "verifier" };
      },
      async setPassword({ username, password }) {
        await happens(`set ${username} by ${name}`);
        mayChange(username);
        set(username, { passwords: [password] });
        return { sentAs: "verifier" };
      },
      ...(traits.dualPassword
        ? {
            async addPassword({ username, current, password }) {
              await happens(`add to ${username} by ${name}`);
              mayChange(username);
              set(username, { passwords: [current, password] });
              return { sentAs: "masked" };
            },
          }
        : {}),
      pair: async () => pairOf(name, baseNamed(name), traits),
      async alternate({ pair, password }) {
        await happens(`alternate ${pair.next} by ${name}`);
        may(own().isAdmin);
        const created = !logins.has(pair.next);
        set(pair.next, { passwords: [password], isLocked: false });
        return { sentAs: "verifier", created, granted: ["SELECT"], revoked: [] };
      },
      async retire(request) {
        if ("pair" in request) {
          await happens(`bar ${request.pair.next} by ${name}`);
          may(own().isAdmin);
          set(request.pair.next, { passwords: [], isLocked: true });
        } else {
          const { username, keep } = request;
          await happens(`keep one password of ${username} (${keep.newest ? "newest" : "either"}) by ${name}`);
          mayChange(username);
          set(username, { passwords: [keep.password] });
        }
      },
      async sessionsOf(username) {
        await happens(`count sessions of ${username}`);
        return logins.get(username)?.sessions;
      },
      async rehearse(change) {
        await happens(`rehearse ${change.kind} by ${name}`);
        if (change.kind === "own password") mayChange(name);
        else if (change.kind === "pair") may(own().isAdmin);
        else mayChange(change.username);
        return `${name} may change ${change.kind}.`;
      },
      async probe(statements) {
        for (const statement of statements) await happens(`probe ${statement} by ${name}`);
      },
      async close() {
        open -= 1;
      },
    };
  };

  const databases: Databases = {
    engine: engineTraits,
    async login({ engine, host, port, username, password }, { reader = false } = {}) {
      await happens(`login ${username}${reader ? ` at ${host}${port === undefined ? "" : `:${port}`}` : ""}`);
      const login = logins.get(username);
      if (login?.isLocked) throw refusal("ConflictError", "AccountLocked");
      if (!login?.passwords.includes(password)) throw refusal("CredentialRejectedError", "LoginRefused");
      open += 1;
      return session(username, engine);
    },
  };
  return { databases, open: () => open };
}
