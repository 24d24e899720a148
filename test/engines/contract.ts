import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import type { Change, Engine, Session, Target } from "../../src/engines/engine.js";
import { PATIENCE } from "../tools/patience.js";
import { startProxy } from "../tools/tcp-proxy.js";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A running server of an engine, and what the contract needs done there that no session of ours does. */
export interface ContractTarget {
  readonly name: string;
  readonly engine: Engine;
  readonly target: Target;
  readonly caFile?: string;
  /** Makes a login with a password, under this name or a fresh one. */
  createLogin(username?: string): Promise<Login>;
  /** An admin with no more rights than docs/engines says, for this user. */
  createAdmin(username: string): Promise<Login>;
  /** Gives the user, or takes from it, the right to read a table of its own; gives the statement that needs it. */
  grantRead(username: string): Promise<{ statement: string; revoke(): Promise<void> }>;
  /** The longest user name that the server takes. */
  readonly longestName: string;
  readonly hostileNames: readonly string[];
  /** A login that may do everything there. */
  readonly superuser?: Login;
  /** Whether no admin of lesser rights can do the work, as docs/engines says. */
  readonly adminsAreSuperusers?: true;
  /** A probe that succeeds for everyone, one that fails, and some that would change something. Default: SQL's. */
  readonly probes?: { readonly good: string; readonly bad: string; readonly changes: readonly string[] };
  /** Whose sessions a login may count: everybody's, or only its own, as docs/engines gives it no right to see more. */
  readonly sees?: "all" | "own";
  /** What the server cannot do, with the reason: those tests are skipped, and say so. */
  readonly lacks?: {
    readonly clones?: string;
    readonly denials?: string;
    readonly longNames?: string;
    readonly tls?: string;
  };
}

/** Each changes something, or is not one statement. */
const CHANGES = [
  "CREATE TABLE keyturn_probed (id int)",
  "SELECT 1; SELECT 2",
  "SELECT 1; CREATE TABLE keyturn_probed (id int)",
  "SET PASSWORD = 'x'",
  "COMMIT",
  "",
];

/** What every engine must do, on a real server. */
export function contract({ name, engine, target, caFile, ...server }: ContractTarget): void {
  const login = (credential: Login, changed: Partial<Target> = {}) =>
    engine.connect({ target: { ...target, ...changed }, credential, ...(caFile ? { caFile } : {}), ...PATIENCE });
  const inSession = async <Result>(credential: Login, work: (session: Session) => Promise<Result>): Promise<Result> => {
    const session = await login(credential);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };
  const accepts = (credential: Login) =>
    inSession(credential, async () => true).catch((error) => {
      if (error.name === "CredentialRejectedError") return false;
      throw error;
    });

  const { clones, denials, longNames, tls } = server.lacks ?? {};
  const ofClones = clones ? it.skip : it;
  const ofDenials = denials ? it.skip : it;
  const title = (text: string, reason: string | undefined) => (reason ? `${text} (optional: ${reason})` : text);
  const { good, bad, changes } = server.probes ?? { good: "SELECT 1", bad: "SELEKT 1 -- p4ssw0rd", changes: CHANGES };

  describe(name, () => {
    it("says who was authenticated", async () => {
      const app = await server.createLogin();
      expect(await inSession(app, (session) => session.whoAmI())).toMatchObject({ login: app.username });
    });

    it("sets a password, twice: the new one is accepted and the old one refused", async () => {
      const app = await server.createLogin();
      const next = { ...app, password: "A-new_passw0rd~of.ours" };
      await inSession(app, async (session) => {
        await session.changeOwnPassword(next);
        await session.changeOwnPassword(next);
      });
      expect([await accepts(next), await accepts(app)]).toEqual([true, false]);
    });

    it("sets a user's password as an admin, twice", async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      const next = { ...app, password: "A-new_passw0rd~of.ours" };
      await inSession(admin, async (session) => {
        await session.setPassword(next);
        await session.setPassword(next);
      });
      expect([await accepts(next), await accepts(app)]).toEqual([true, false]);
    });

    it.each(server.hostileNames)("keeps the name %j a name", async (username) => {
      const app = await server.createLogin(username);
      const next = { ...app, password: "A-new_passw0rd~of.ours" };
      await inSession(app, (session) => session.changeOwnPassword(next));
      expect(await accepts(next)).toBe(true);
      const admin = await server.createAdmin(username);
      await inSession(admin, (session) => session.setPassword({ username, password: "An0ther-one~of.ours" }));
      expect(await accepts({ username, password: "An0ther-one~of.ours" })).toBe(true);
    });

    it.each([
      ["quotes of every kind", `it's "so" \`called\` ''`],
      ["backslashes and percent signs", "\\ \\\\ %s %% \\'"],
      ["comment marks and an injection", "'; DROP USER x; -- /* */ #"],
      ["every printable character", Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("")],
    ])("takes a password with %s", async (_, password) => {
      const app = await server.createLogin();
      await inSession(app, (session) => session.changeOwnPassword({ password }));
      expect(await accepts({ ...app, password })).toBe(true);
    });

    it("takes the longest password", async () => {
      const app = await server.createLogin();
      const password = "Aa1-".repeat(100).slice(0, engine.traits.password.max);
      await inSession(app, (session) => session.changeOwnPassword({ password }));
      expect(await accepts({ ...app, password })).toBe(true);
    });

    (longNames ? it.skip : it)(
      title("takes the longest name, and refuses to clone it before anything is changed", longNames),
      async () => {
        const app = await server.createLogin(server.longestName);
        await expect(inSession(app, (session) => session.pair())).rejects.toMatchObject({ code: "UsernameTooLong" });
        expect(await accepts(app)).toBe(true);
      },
    );

    ofClones(
      title("makes a clone with the base's rights, and brings them in line, given and taken", clones),
      async () => {
        const app = await server.createLogin();
        const admin = await server.createAdmin(app.username);
        const pair = await inSession(app, (session) => session.pair());
        expect(pair).toEqual({ base: app.username, clone: `${app.username}_clone`, next: `${app.username}_clone` });
        const { statement, revoke } = await server.grantRead(app.username);
        const clone = { username: pair.clone, password: "The-cl0ne~of.ours" };
        const report = await inSession(admin, (session) =>
          session.alternate({ pair, password: clone.password, grants: "sync" }),
        );
        expect(report.created).toBe(true);
        await inSession(clone, (session) => session.probe([statement]));
        await revoke();
        const again = await inSession(admin, (session) =>
          session.alternate({ pair, password: clone.password, grants: "sync" }),
        );
        expect(again.created).toBe(false);
        await expect(inSession(clone, (session) => session.probe([statement]))).rejects.toMatchObject({
          name: "AccessDeniedError",
        });
      },
    );

    ofClones(title("finds the way back from the clone, whose own change changes nobody else's", clones), async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      const pair = await inSession(app, (session) => session.pair());
      const clone = { username: pair.clone, password: "The-cl0ne~of.ours" };
      await inSession(admin, (session) => session.alternate({ pair, password: clone.password, grants: "sync" }));
      expect(await inSession(clone, (session) => session.pair())).toEqual({ ...pair, next: app.username });
      expect(await inSession(clone, (session) => session.whoAmI())).toMatchObject({ login: clone.username });
      const own = { ...clone, password: "Ch4nged-by~itself" };
      await inSession(clone, (session) => session.changeOwnPassword(own));
      expect([await accepts(own), await accepts(clone), await accepts(app)]).toEqual([true, false, true]);
      const back = await inSession(admin, (session) =>
        session.alternate({ pair: { ...pair, next: app.username }, password: "The-b4se~again.ours", grants: "sync" }),
      );
      expect(back.created).toBe(false);
      expect(await accepts({ ...app, password: "The-b4se~again.ours" })).toBe(true);
      expect(await accepts(own)).toBe(true);
    });

    if (engine.traits.dualPassword) {
      it("keeps the current password valid beside a second one, whatever went before", async () => {
        const app = await server.createLogin();
        const admin = await server.createAdmin(app.username);
        const add = (password: string) =>
          inSession(admin, (session) => session.addPassword?.({ ...app, current: app.password, password }) ?? never());
        await add("Given-up~one.ours");
        await add("An-0ther~one.ours");
        await add("An-0ther~one.ours");
        const valid = await Promise.all(
          [app.password, "An-0ther~one.ours", "Given-up~one.ours"].map((password) => accepts({ ...app, password })),
        );
        expect(valid).toEqual([true, true, false]);
      });

      it("retires either of two passwords, twice", async () => {
        const app = await server.createLogin();
        const admin = await server.createAdmin(app.username);
        const second = { ...app, password: "An-0ther~one.ours" };
        const add = () =>
          inSession(admin, (session) => session.addPassword?.({ ...second, current: app.password }) ?? never());
        const retire = (password: string, newest: boolean) =>
          inSession(admin, (session) => session.retire({ username: app.username, keep: { password, newest } }));
        await add();
        await retire(app.password, false);
        expect([await accepts(app), await accepts(second)]).toEqual([true, false]);
        await add();
        await retire(second.password, true);
        await retire(second.password, true);
        expect([await accepts(app), await accepts(second)]).toEqual([false, true]);
      });
    }

    it("counts the sessions of a login, its own not, or says that it does not know", async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      const open = await login(app);
      try {
        const seen = await inSession(app, async (session) => session.sessionsOf?.(app.username));
        expect([1, undefined]).toContain(seen);
        const byAdmin = await inSession(admin, async (session) => session.sessionsOf?.(app.username)).catch((error) => {
          expect(error).toMatchObject({ retryable: false });
          return undefined;
        });
        expect([1, undefined]).toContain(byAdmin);
        if (server.sees) expect([seen, byAdmin]).toEqual([1, server.sees === "all" ? 1 : undefined]);
      } finally {
        await open.close();
      }
    });

    ofClones(title("retires an idle login, twice, and makes it ready again", clones), async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      const pair = await inSession(app, (session) => session.pair());
      const clone = { username: pair.clone, password: "The-cl0ne~of.ours" };
      const ready = (next: string, password: string) =>
        inSession(admin, (session) => session.alternate({ pair: { ...pair, next }, password, grants: "sync" }));
      await ready(pair.clone, clone.password);
      await inSession(admin, (session) => session.retire({ pair: { ...pair, next: pair.base } }));
      await inSession(admin, (session) => session.retire({ pair: { ...pair, next: pair.base } }));
      expect([await accepts(app), await accepts(clone)]).toEqual([false, true]);
      await ready(pair.base, "The-b4se~again.ours");
      await inSession(admin, (session) => session.retire({ pair: { ...pair, next: pair.clone } }));
      expect([await accepts({ ...app, password: "The-b4se~again.ours" }), await accepts(clone)]).toEqual([true, false]);
      await ready(pair.clone, clone.password);
      expect(await accepts(clone)).toBe(true);
    });

    it("refuses to keep grants of a clone that is not there", async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      const pair = await inSession(app, (session) => session.pair());
      await expect(
        inSession(admin, (session) => session.alternate({ pair, password: "x-Y-1-password", grants: "keep" })),
      ).rejects.toMatchObject({ code: "CloneMissing" });
    });

    ofDenials(title("tells an admin without the right which statement a person must run", denials), async () => {
      const app = await server.createLogin();
      const stranger = await server.createLogin();
      const denied = await inSession(stranger, (session) =>
        session.setPassword({ ...app, password: "N0t-to~be.set" }),
      ).catch((error) => error);
      expect(denied).toMatchObject({ name: "AccessDeniedError" });
      expect(await accepts(app)).toBe(true);
    });

    const rehearse = (credential: Login, change: Change) =>
      inSession(credential, (session) => session.rehearse?.(change) ?? never());

    it("rehearses changes of a password that are permitted, and changes nothing", async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      expect(await rehearse(app, { kind: "own password" })).not.toBe("");
      expect(await rehearse(admin, { kind: "password", username: app.username })).not.toBe("");
      expect(await accepts(app)).toBe(true);
    });

    ofClones(title("rehearses to make a clone, and to bring it in line, and changes nothing", clones), async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      const { revoke } = await server.grantRead(app.username);
      const pair = await inSession(app, (session) => session.pair());
      const rehearsed = { kind: "pair", pair, grants: "sync" } as const;
      const clone = { username: pair.clone, password: "The-cl0ne~of.ours" };
      const alternate = (next = pair) =>
        inSession(admin, (session) => session.alternate({ pair: next, password: clone.password, grants: "sync" }));
      await rehearse(admin, rehearsed);
      expect(await accepts(clone)).toBe(false);
      expect((await alternate()).created).toBe(true);
      await revoke();
      await rehearse(admin, rehearsed);
      expect((await alternate()).created).toBe(false);
      const back = { ...pair, next: pair.base };
      await rehearse(admin, { ...rehearsed, pair: back });
      expect([await accepts(app), await accepts(clone)]).toEqual([true, true]);
      await expect(
        rehearse(admin, {
          kind: "pair",
          pair: { ...pair, clone: "no_such_clone", next: "no_such_clone" },
          grants: "keep",
        }),
      ).rejects.toMatchObject({ code: "CloneMissing" });
    });

    ofDenials(title("says in a rehearsal what an admin lacks", denials), async () => {
      const app = await server.createLogin();
      const stranger = await server.createLogin();
      const pair = await inSession(app, (session) => session.pair());
      for (const change of [
        { kind: "password", username: app.username },
        { kind: "pair", pair, grants: "sync" },
      ] as const)
        await expect(rehearse(stranger, change)).rejects.toMatchObject({ name: "AccessDeniedError" });
    });

    it("rolls a probe back, and says when it fails", async () => {
      const app = await server.createLogin();
      await inSession(app, (session) => session.probe([good]));
      const failed = await inSession(app, (session) => session.probe([bad])).catch((error) => error);
      expect(failed.name).not.toBe("TransientError");
    });

    it.each(changes)("refuses the probe %j, which is not one that reads", async (statement) => {
      const app = await server.createLogin();
      await expect(inSession(app, (session) => session.probe([statement]))).rejects.toMatchObject({
        code: "ProbeRefused",
      });
    });

    it("says which logins a rotation may change, two spellings of one login alike", async () => {
      const [name = ""] = engine.loginsOf("app", "single-user");
      expect(engine.loginsOf("app", "dual-password")).toEqual([name]);
      const clone = engine.loginsOf("app_clone", "single-user");
      expect(engine.loginsOf("app", "alternating-users")).toEqual([name, ...clone]);
      expect(engine.loginsOf("app_clone", "alternating-users")).toEqual(expect.arrayContaining([name, ...clone]));
    });

    it("says of a login whether the server lets it do everything", async () => {
      const app = await server.createLogin();
      const admin = await server.createAdmin(app.username);
      expect(await inSession(app, (session) => session.isSuperuser())).toBe(false);
      expect(await inSession(admin, (session) => session.isSuperuser())).toBe(server.adminsAreSuperusers ?? false);
      if (server.superuser) expect(await inSession(server.superuser, (session) => session.isSuperuser())).toBe(true);
    });

    it("never changes its own login where it is asked as an admin", async () => {
      const admin = await server.createAdmin((await server.createLogin()).username);
      const own = { ...admin, password: "N0t-to~be.set" };
      await expect(inSession(admin, (session) => session.setPassword(own))).rejects.toMatchObject({
        code: "AdminItself",
      });
      expect([await accepts(admin), await accepts(own)]).toEqual([true, false]);
    });

    it("tells a wrong password from a wrong database and a wrong host", async () => {
      const app = await server.createLogin();
      await expect(login({ ...app, password: "wrong" })).rejects.toMatchObject({ name: "CredentialRejectedError" });
      await expect(login(app, { database: "no_such_database" })).rejects.toMatchObject({
        code: expect.stringMatching(/UnknownDatabase|NotLetIn|LoginRefused/),
      });
      await expect(login(app, { host: "db.invalid" })).rejects.toMatchObject({
        name: "TransientError",
        code: "HostNotFound",
      });
      await expect(login(app, { port: 1 })).rejects.toMatchObject({
        name: "TransientError",
        code: "ConnectionRefused",
      });
    });

    it("survives a server that hangs, goes away in the middle, or is not one", async () => {
      const app = await server.createLogin();
      const proxy = await startProxy({ host: target.host, port: target.port });
      try {
        proxy.hang();
        // Nothing is waited for here but the time itself.
        const hanging = { target: { ...target, port: proxy.port }, credential: app, ...(caFile ? { caFile } : {}) };
        await expect(engine.connect({ ...hanging, ...PATIENCE, connectTimeoutMs: 1_000 })).rejects.toMatchObject({
          name: "TransientError",
        });
        proxy.heal();
        const session = await login(app, { port: proxy.port });
        proxy.cut();
        await expect(session.changeOwnPassword({ password: "N0t-to~be.set" })).rejects.toMatchObject({
          name: "TransientError",
        });
        await session.close();
      } finally {
        await proxy.close();
      }
      expect(await accepts(app)).toBe(true);
    });

    (tls ? it.skip : it)(title("believes no certificate of another authority or for another host", tls), async () => {
      const app = await server.createLogin();
      const untrusted = engine.connect({ target, credential: app, ...PATIENCE });
      await expect(untrusted).rejects.toMatchObject({ name: "UnsupportedError", code: "CertificateUntrusted" });
      // The same server, trusted for the same authority as in the login before, by a name that is not in its certificate.
      const proxy = await startProxy(target, "127.0.0.2");
      try {
        await (await login(app)).close();
        const elsewhere = login(app, { host: "127.0.0.2", port: proxy.port });
        await expect(elsewhere).rejects.toMatchObject({ name: "UnsupportedError", code: "CertificateForOtherHost" });
        await (await login(app)).close();
      } finally {
        await proxy.close();
      }
    });

    const kept = tls ?? (caFile ? undefined : "its authority is one of Node's own");
    (kept ? it.skip : it)(title("believes an authority until its CA file names it no more", kept), async () => {
      const app = await server.createLogin();
      const folder = await mkdtemp(join(tmpdir(), "keyturn-authorities-"));
      try {
        const file = join(folder, "ca.pem");
        const trusting = () => engine.connect({ target, credential: app, caFile: file, ...PATIENCE });
        await copyFile(caFile as string, file);
        for (let turn = 0; turn < 3; turn += 1) await (await trusting()).close();
        await writeFile(file, rootCertificates[0] as string);
        await expect(trusting()).rejects.toMatchObject({ name: "UnsupportedError", code: "CertificateUntrusted" });
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it("does many things at once", async () => {
      const logins = await Promise.all(Array.from({ length: 8 }, () => server.createLogin()));
      await Promise.all(
        logins.map((app) => inSession(app, (session) => session.changeOwnPassword({ password: "Many-at~0nce.ours" }))),
      );
      expect(
        await Promise.all(logins.map(({ username }) => accepts({ username, password: "Many-at~0nce.ours" }))),
      ).toEqual(logins.map(() => true));
    });

    it("never shows a password in an error", async () => {
      const app = await server.createLogin();
      const stranger = await server.createLogin();
      const password = "V3ry-secret~indeed.ours";
      const errors = await Promise.all([
        inSession(stranger, (session) => session.setPassword({ ...app, password })).catch((error) => error),
        login({ ...app, password }).catch((error) => error),
        inSession(app, (session) => session.setPassword({ username: "no such user", password })).catch(
          (error) => error,
        ),
      ]);
      const refused = errors.filter((error) => error instanceof Error);
      expect(refused).toHaveLength(denials ? 2 : 3);
      for (const error of refused) {
        expect(JSON.stringify([error.message, error.stack, error.cause, error])).not.toContain(password);
      }
    });
  });
}

function never(): never {
  throw new Error("An engine that says it can must have the method.");
}
