import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ConnectRequest, Session } from "../../src/engines/engine.js";
import { engineFor } from "../../src/engines/registry.js";
import { localCertificate } from "../../src/local/postgres/tls.js";
import { PATIENCE } from "../tools/patience.js";
import { fileOf, more, OK, OLD_SWITCH, scripted, switchTo, type Talk, welcome } from "./mysql-server.js";

const folder = mkdtempSync(join(tmpdir(), "keyturn-mysql-driver-"));
const certificate = await localCertificate(join(folder, "tls"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const password = "The-s3cret~of.ours";

interface Way {
  readonly tls: boolean;
  readonly plugin?: string;
  readonly mayAskFor?: ConnectRequest["mayAskFor"];
}

/** Logs in at a server that follows a script. Gives what came of it, and every byte that the server heard. */
async function meet(
  engineName: string,
  script: (talk: Talk, login: Buffer) => Promise<void>,
  { tls, plugin, mayAskFor }: Way,
  then: (session: Session) => Promise<unknown> = async () => "in",
) {
  const server = await scripted(script, {
    ...(engineName === "mariadb" ? { version: "5.5.5-10.11.18-MariaDB" } : {}),
    ...(plugin ? { plugin } : {}),
    ...(tls ? { tls: certificate } : {}),
  });
  try {
    const engine = await engineFor(engineName);
    const outcome = await engine
      .connect({
        target: { host: "localhost", port: server.port, tls },
        credential: { username: "app", password },
        ...(mayAskFor ? { mayAskFor } : {}),
        caFile: certificate.certFile,
        ...PATIENCE,
      })
      .then(
        async (session) => {
          const result = await then(session).catch((error) => error);
          await session.close();
          return result;
        },
        (error) => error,
      );
    return { outcome, heard: server.heard() };
  } finally {
    await server.stop();
  }
}

const asks =
  (...packets: Buffer[]) =>
  async (talk: Talk) => {
    for (const packet of packets) {
      talk.send(packet);
      await talk.receive();
    }
    await welcome(talk);
  };
const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ownKey = Buffer.from(publicKey.export({ type: "spki", format: "pem" }));
/** None of what lets one log in with it: the password, and the SHA-1 and SHA-256 that proofs are made of. */
const REVEALING = [
  Buffer.from(password),
  createHash("sha1").update(password).digest(),
  createHash("sha256").update(password).digest(),
];
const reveals = (heard: Buffer) => REVEALING.some((secret) => heard.includes(secret));

describe.each(["mysql", "mariadb"])("a server that a %s secret names", (engine) => {
  it.each([true, false])("is answered with a proof (TLS: %s)", async (tls) => {
    for (const packets of [[], [switchTo("mysql_native_password")], [switchTo("caching_sha2_password"), more(3)]]) {
      const [first, ...rest] = packets;
      const script = async (talk: Talk) => {
        if (first) {
          talk.send(first);
          await talk.receive();
        }
        for (const packet of rest) talk.send(packet);
        await welcome(talk);
      };
      const { outcome, heard } = await meet(engine, script, { tls });
      expect(outcome).toBe("in");
      expect(reveals(heard)).toBe(false);
    }
  });

  it("that is verified is told the password where MySQL's own plugins want it", async () => {
    for (const packets of [[switchTo("caching_sha2_password"), more(4)], [switchTo("sha256_password")]]) {
      const { outcome, heard } = await meet(engine, asks(...packets), { tls: true });
      expect(outcome).toBe("in");
      expect(heard.includes(Buffer.from(`${password}\0`))).toBe(true);
    }
  });

  const keyIs = (plugin: string, ...before: Buffer[]) => asks(switchTo(plugin), ...before, more(ownKey));

  it.each<[string, Way, (talk: Talk, login: Buffer) => Promise<void>]>([
    ["its own key without TLS", { tls: false }, keyIs("caching_sha2_password", more(4))],
    ["its own key without TLS, older", { tls: false }, keyIs("sha256_password")],
    [
      "its own key, greeting so",
      { tls: false, plugin: "caching_sha2_password" },
      keyIs("caching_sha2_password", more(4)),
    ],
    ["its own key, greeting older", { tls: false, plugin: "sha256_password" }, keyIs("sha256_password")],
    ["clear text", { tls: false }, asks(switchTo("mysql_clear_password"))],
    ["clear text, greeting so", { tls: false, plugin: "mysql_clear_password" }, asks(switchTo("mysql_clear_password"))],
    ["clear text under TLS", { tls: true }, asks(switchTo("mysql_clear_password"))],
    [
      "clear text under TLS, greeting so",
      { tls: true, plugin: "mysql_clear_password" },
      asks(switchTo("mysql_clear_password")),
    ],
    [
      "clear text without TLS, though it may",
      { tls: false, mayAskFor: "clear text" },
      asks(switchTo("mysql_clear_password")),
    ],
    ["md5, which is no leave for clear text", { tls: true, mayAskFor: "md5" }, asks(switchTo("mysql_clear_password"))],
    ["a dialogue", { tls: true }, asks(switchTo("dialog"))],
    ["a dialogue, though clear text it may", { tls: true, mayAskFor: "clear text" }, asks(switchTo("dialog"))],
    ["the old hash", { tls: true }, asks(switchTo("mysql_old_password"))],
  ])("is refused where it asks for %s, and hears nothing of the password", async (_, way, script) => {
    const { outcome, heard } = await meet(engine, script, way);
    expect(outcome).toMatchObject({ name: "UnsupportedError", code: "PasswordAskedFor" });
    expect(outcome.message).not.toContain(password);
    expect(reveals(heard)).toBe(false);
    // An encryption with the server's key is as long as the key.
    if (!way.tls) expect(heard.length).toBeLessThan(350);
  });

  it.each([
    ["asks for the old hash in the old way", asks(OLD_SWITCH)],
    ["asks for a plugin that nobody has", asks(switchTo("no_such_plugin"))],
    [
      "asks for a second factor",
      asks(
        switchTo("mysql_native_password"),
        Buffer.concat([Buffer.from([2]), switchTo("mysql_clear_password").subarray(1)]),
      ),
    ],
  ])("is refused where it %s", async (_, script) => {
    const { outcome, heard } = await meet(engine, script, { tls: false });
    expect(outcome).toMatchObject({ name: expect.stringMatching(/UnsupportedError|TransientError/) });
    expect(reveals(heard)).toBe(false);
  });

  it("may have clear text under TLS by leave", async () => {
    const way = { tls: true, mayAskFor: "clear text" } as const;
    const { outcome, heard } = await meet(engine, asks(switchTo("mysql_clear_password")), way);
    expect(outcome).toBe("in");
    expect(heard.includes(Buffer.from(`${password}\0`))).toBe(true);
  });

  it("may give its own key by leave", async () => {
    const way = { tls: false, mayAskFor: "clear text" } as const;
    const { outcome, heard } = await meet(engine, keyIs("caching_sha2_password", more(4)), way);
    expect(outcome).toBe("in");
    expect(reveals(heard)).toBe(false);
  });

  it("gets no file of ours", async () => {
    const file = join(folder, `file-${randomBytes(4).toString("hex")}`);
    writeFileSync(file, "the file of ours");
    let flags = 0;
    const script = async (talk: Talk, login: Buffer) => {
      flags = login.readUInt32LE(0);
      await welcome(talk);
      await talk.receive();
      talk.send(fileOf(file));
      const answer = await talk.receive();
      expect(answer).toHaveLength(0);
      talk.send(OK);
    };
    const { outcome, heard } = await meet(
      engine,
      script,
      { tls: false },
      (session) => session.sessionsOf?.("app") ?? Promise.resolve(),
    );
    expect(outcome).toBeInstanceOf(Error);
    expect(outcome.message).not.toContain("the file of ours");
    expect(heard.includes("the file of ours")).toBe(false);
    expect(flags & LOCAL_FILES).toBe(0);
    expect(flags & MULTI_STATEMENTS).toBe(0);
  });

  it("is refused where the login acts as another, and names whom it took, where it looks at no grants", async () => {
    const proxy = (talk: Talk) => welcome(talk, { account: "app@%", proxy: "'evil'@'%'" });
    expect((await meet(engine, proxy, { tls: false })).outcome).toMatchObject({
      name: "ConflictError",
      code: "OtherLogin",
    });
    const skipping = (talk: Talk) => welcome(talk, { account: "@" });
    const { outcome } = await meet(engine, skipping, { tls: false }, (session) => session.whoAmI());
    expect(outcome).toMatchObject({ login: "" });
  });

  it("is not believed at an address that its certificate does not have", async () => {
    const host = "127.0.0.2";
    for (const packets of [[], [switchTo("caching_sha2_password"), more(4)]]) {
      const server = await scripted(asks(...packets), { tls: certificate, host });
      const connect = (await engineFor(engine)).connect({
        target: { host, port: server.port, tls: true },
        credential: { username: "app", password },
        caFile: certificate.certFile,
        ...PATIENCE,
      });
      await expect(connect).rejects.toMatchObject({ name: "UnsupportedError" });
      expect(reveals(server.heard())).toBe(false);
      await server.stop();
    }
  });

  it("is not believed before TLS is there", async () => {
    const script = async () => undefined;
    const server = await scripted(script, {});
    const connect = (await engineFor(engine)).connect({
      target: { host: "localhost", port: server.port, tls: true },
      credential: { username: "app", password },
      ...PATIENCE,
    });
    await expect(connect).rejects.toMatchObject({ code: "TlsUnsupported" });
    expect(server.heard()).toHaveLength(0);
    await server.stop();
  });
});

const LOCAL_FILES = 0x80;
const MULTI_STATEMENTS = 0x0001_0000;
