import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine, Session } from "../../src/engines/engine.js";
import { guarded, SECRETS, type Secrets } from "../../src/engines/guard.js";
import { redactor } from "../../src/engines/redact.js";
import { engineTraits } from "../../src/engines/registry.js";
import { KeyturnError } from "../../src/errors.js";

const never = () => new Promise<never>(() => undefined);
const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const engine: Engine = {
  ...engineTraits("postgres"),
  accepts: [],
  classify: () => undefined,
  connect: never,
};
const request = {
  target: { host: "db", port: 1, tls: true },
  credential: { username: "app", password: "the old one" },
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 8_000,
};

/** A session that does this whatever it is asked for. */
function session(method: (...args: readonly unknown[]) => Promise<never>): Session {
  const methods = Object.keys(SECRETS).map((name) => [name, method]);
  return { ...(Object.fromEntries(methods) as Omit<Session, "close">), close: async () => undefined };
}

function connectTo(inside: Session): Promise<Session> {
  return guarded({ ...engine, connect: async () => inside }).connect(request);
}

/** Every method, as it is called, with secrets that no other call has. */
const CALLS: Readonly<Record<keyof Omit<Session, "close">, (open: Session) => Promise<unknown> | undefined>> = {
  whoAmI: (open) => open.whoAmI(),
  isSuperuser: (open) => open.isSuperuser(),
  changeOwnPassword: (open) => open.changeOwnPassword({ password: "secret one" }),
  setPassword: (open) => open.setPassword({ username: "other", password: "secret one" }),
  addPassword: (open) => open.addPassword?.({ username: "app", current: "secret two", password: "secret one" }),
  pair: (open) => open.pair(),
  alternate: (open) => open.alternate({ pair, password: "secret one", grants: "sync" }),
  retire: (open) => open.retire({ username: "app", keep: { password: "secret one", newest: true } }),
  sessionsOf: (open) => open.sessionsOf?.("app"),
  rehearse: (open) => open.rehearse?.({ kind: "own password" }),
  probe: (open) => open.probe(["SELECT 1"]),
};
const EVERY_METHOD = Object.entries(CALLS);

describe("guarded", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(EVERY_METHOD)("gives up on a server that does not answer %s", async (_, call) => {
    const open = await connectTo(session(never));
    const answer = expect(call(open)).rejects.toMatchObject({ name: "TransientError", code: "DatabaseTimeout" });
    await vi.advanceTimersByTimeAsync(16_500);
    await answer;
  });

  it("gives up on a server that does not let it in", async () => {
    const answer = expect(guarded(engine).connect(request)).rejects.toMatchObject({ code: "DatabaseTimeout" });
    await vi.advanceTimersByTimeAsync(5_500);
    await answer;
  });

  it.each(EVERY_METHOD)("lets no secret out of what the driver says to %s", async (_, call) => {
    const text = "syntax error near 'secret one', 'secret two' or 'the old one'";
    const open = await connectTo(
      session((...args) => Promise.reject(Object.assign(new Error(text), { code: "42601", query: args }))),
    );
    const error: KeyturnError = await Promise.resolve(call(open)).then(
      () => undefined as never,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: "InternalError", code: "UnexpectedDriverError", cause: { sqlState: "42601" } });
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain("the old one");
    const { cause } = error as KeyturnError;
    for (const secret of secretsIn(call)) expect(cause?.message).not.toContain(secret);
  });

  it("lets none out of an error of our own either, and leaves one without any as it is", async () => {
    const refusal = (what: string) =>
      new KeyturnError("AccessDeniedError", {
        code: "AdminLacksRight",
        message: `Not permitted: ${what}`,
        cause: { name: "DatabaseError", message: what },
      });
    const open = await connectTo(session(() => Promise.reject(refusal("the old one"))));
    await expect(open.whoAmI()).rejects.toMatchObject({
      name: "AccessDeniedError",
      code: "AdminLacksRight",
      message: "AdminLacksRight: Not permitted: ***",
      cause: { name: "DatabaseError", message: "***" },
    });
    const clean = refusal("nothing");
    await expect((await connectTo(session(() => Promise.reject(clean)))).whoAmI()).rejects.toBe(clean);
  });

  it("says of a login that the server does not let in that this is no matter of rights", async () => {
    const denied = new KeyturnError("AccessDeniedError", { code: "PermissionDenied", message: "no" });
    const refusing = guarded({ ...engine, connect: () => Promise.reject(denied) });
    await expect(refusing.connect(request)).rejects.toMatchObject({ name: "InvalidSecretError", code: "NotLetIn" });
    await expect((await connectTo(session(() => Promise.reject(denied)))).whoAmI()).rejects.toBe(denied);
  });

  it("closes without an error, whatever the driver does", async () => {
    for (const close of [never, () => Promise.reject(new Error("gone"))]) {
      const closed = expect((await connectTo({ ...session(never), close })).close()).resolves.toBeUndefined();
      await vi.advanceTimersByTimeAsync(2_000);
      await closed;
    }
  });

  it("does not invent what an engine does not have", async () => {
    const { addPassword: _, sessionsOf: __, ...less } = session(never);
    expect(Object.keys(await connectTo(less)).sort()).toEqual([...Object.keys(less)].sort());
  });

  it("has a row for every method of a session: one without is a type error", () => {
    interface Grown extends Session {
      addKey?(request: { key: string }): Promise<void>;
    }
    // @ts-expect-error: `addKey` is not listed.
    const grown: Secrets<Grown> = SECRETS;
    const listed: Secrets<Grown> = { ...SECRETS, addKey: ({ key }) => [key] };
    expect(Object.keys(listed)).toEqual([...Object.keys(grown), "addKey"]);
  });
});

function secretsIn(call: (typeof CALLS)[keyof typeof CALLS]): string[] {
  return call.toString().match(/secret (one|two)/g) ?? [];
}

describe("redactor", () => {
  it.each([
    ["as it is", "password is s3cr3t'\\\"x!", "password is ***!"],
    ["in SQL quotes", "PASSWORD 's3cr3t''\\\"x'", "PASSWORD '***'"],
    ["in a URL", `at ${encodeURIComponent("s3cr3t'\\\"x")}`, "at ***"],
    ["in base64", Buffer.from("s3cr3t'\\\"x").toString("base64"), "***"],
    ["a verifier", "PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$abc=:def='", "PASSWORD '***'"],
    ["a connection string", "postgresql://app:other@db/shop", "postgresql://***@db/shop"],
  ])("%s", (_, text, clean) => {
    expect(redactor(["s3cr3t'\\\"x"])(text)).toBe(clean);
  });
});
