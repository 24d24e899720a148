import type { Document } from "mongodb";
import { afterEach, describe, expect, it } from "vitest";
import { engineFor } from "../../src/engines/registry.js";
import { type ScriptedMongo, scriptedMongo } from "../engines/documentdb/scripted.js";
import { PATIENCE } from "../tools/patience.js";

// Whoever answers for the server asks for the password itself, or names others to go to; and whoever writes a secret
// makes its host mean more than a host.

const engine = await engineFor("documentdb");
const PASSWORD = "V3ry-secret~indeed.ours";
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function greeting(hello: Document): Promise<ScriptedMongo> {
  const server = await scriptedMongo(hello);
  open.push(server);
  return server;
}

const connect = (target: { host?: string; port: number; database?: string }) =>
  engine.connect({
    target: { host: "127.0.0.1", tls: false, ...target },
    credential: { username: "app", password: PASSWORD },
    ...PATIENCE,
  });

describe("a server that asks a login for more than a proof", () => {
  it.each([
    ["both kinds of proof", ["SCRAM-SHA-256", "SCRAM-SHA-1"], "SCRAM-SHA-256"],
    ["the older, as DocumentDB does", ["SCRAM-SHA-1"], "SCRAM-SHA-1"],
    ["the password itself", ["PLAIN"], "SCRAM-SHA-1"],
    ["an old hash", ["MONGODB-CR"], "SCRAM-SHA-1"],
    ["other ways", ["MONGODB-AWS", "GSSAPI", "MONGODB-X509", "MONGODB-OIDC"], "SCRAM-SHA-1"],
    ["nothing", [], "SCRAM-SHA-1"],
    ["nonsense", "PLAIN", "SCRAM-SHA-256"],
  ])("hears a proof and not the password where it names %s", async (_, saslSupportedMechs, mechanism) => {
    const { commands, raw, port } = await greeting({ saslSupportedMechs });
    await expect(connect({ port })).rejects.toMatchObject({ code: "LoginRefused" });
    const starts = commands.filter((command) => "saslStart" in command);
    expect(starts.map((command) => command.mechanism)).toEqual([mechanism]);
    const heard = Buffer.concat(raw).toString("latin1");
    for (const form of [PASSWORD, Buffer.from(PASSWORD).toString("base64")]) expect(heard).not.toContain(form);
  });

  it("is not followed to others that it names", async () => {
    const other = await greeting({});
    const named = await greeting({
      setName: "rs",
      hosts: [`127.0.0.1:${other.port}`],
      primary: `127.0.0.1:${other.port}`,
      me: `127.0.0.1:${other.port}`,
    });
    await expect(connect({ port: named.port })).rejects.toMatchObject({ code: "LoginRefused" });
    expect(other.commands).toEqual([]);
  });
});

describe("a host in a secret", () => {
  it.each([
    // Which turned off that certificates are verified.
    "::1]:27017/admin?tlsAllowInvalidCertificates=true&appName=[:",
    "::1],[::2",
    "127.0.0.1,evil.example",
    "127.0.0.1:1",
    "evil@127.0.0.1",
    "127.0.0.1/?tls=false",
    "127.0.0.1%2Cevil.example",
    "/tmp/mongodb.sock",
    "mongodb.sock",
    "a b",
    "",
  ])("is a host and nothing more: %j", async (host) => {
    const { commands, port } = await greeting({});
    await expect(connect({ host, port })).rejects.toMatchObject({
      name: "InvalidSecretError",
      code: "MalformedTarget",
    });
    expect(commands).toEqual([]);
  });

  it.each(["127.0.0.1", "localhost"])("may be %s", async (host) => {
    const { port } = await greeting({});
    await expect(connect({ host, port })).rejects.toMatchObject({ code: "LoginRefused" });
  });
});
