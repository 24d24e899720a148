import { describe, expect, it } from "vitest";
import type { Engine, Session } from "../../src/engines/engine.js";
import { guarded } from "../../src/engines/guard.js";
import { redactor } from "../../src/engines/redact.js";
import { engineTraits } from "../../src/engines/registry.js";

const never = () => new Promise<never>(() => undefined);
const session: Session = {
  whoAmI: never,
  isSuperuser: never,
  changeOwnPassword: async ({ password }) => {
    throw Object.assign(new Error(`syntax error near '${password}'`), { code: "42601", query: `ALTER … ${password}` });
  },
  setPassword: never,
  pair: never,
  alternate: never,
  retire: never,
  probe: never,
  close: never,
};
const engine: Engine = {
  ...engineTraits("postgres"),
  accepts: [],
  classify: () => undefined,
  connect: async () => session,
};
const request = {
  target: { host: "db", port: 1, tls: true },
  credential: { username: "app", password: "the old one" },
  connectTimeoutMs: 20,
  statementTimeoutMs: 20,
};

describe("guarded", () => {
  it("gives up on a server that does not answer, and can be told to try again", async () => {
    const { whoAmI } = await guarded(engine).connect(request);
    await expect(whoAmI()).rejects.toMatchObject({ name: "TransientError", code: "DatabaseTimeout" });
    await expect(guarded({ ...engine, connect: never }).connect(request)).rejects.toMatchObject({
      code: "DatabaseTimeout",
    });
  });

  it("lets no password out, neither in the message nor in the cause", async () => {
    const { changeOwnPassword } = await guarded(engine).connect(request);
    const error = await changeOwnPassword({ password: "it's new" }).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "InternalError", code: "UnexpectedDriverError", cause: { sqlState: "42601" } });
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toMatch(
      /it's new|the old one/,
    );
  });

  it("closes without an error, whatever the driver does", async () => {
    const { close } = await guarded(engine).connect(request);
    await expect(close()).resolves.toBeUndefined();
  }, 5_000);
});

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

describe("engineTraits", () => {
  it("knows AWS's names for engines and refuses others by name", () => {
    expect(engineTraits("aurora-postgresql").name).toBe("postgres");
    expect(() => engineTraits("postgre")).toThrow(/UnknownEngine: .*postgres/);
  });
});
