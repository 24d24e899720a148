import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import type { ConnectRequest } from "../../src/engines/engine.js";
import { md5Verifier } from "../../src/engines/postgres/verifier.js";
import { engineFor } from "../../src/engines/registry.js";
import { type PostgresServer, startPostgres } from "../../src/local/postgres/server.js";
import {
  authentication,
  CLEAR_TEXT,
  challenge,
  MD5,
  OK,
  READY,
  SASL,
  startScriptedPostgres,
  type Turn,
} from "../../stage/servers/scripted-postgres.js";
import { PATIENCE } from "../tools/patience.js";

/**
 * Where a login goes may be wrong: a host in a secret, a reader, a name that is somebody else's by now. So no server
 * learns a password, nor what it could be guessed from, by asking for it.
 */
const password = "V3ry-secret~indeed.ours";
const credential = { username: "app", password };
type Engines = "postgres" | "redshift";

/** Logs in to a server that says this, and gives what came of it and what the server was told. */
async function meet(turns: readonly Turn[], mayAskFor?: ConnectRequest["mayAskFor"], kind: Engines = "postgres") {
  const server = await startScriptedPostgres(turns);
  const engine = await engineFor(kind);
  const target = { host: "127.0.0.1", port: server.port, database: "app", tls: false };
  try {
    const error = await engine
      .connect({ target, credential, ...(mayAskFor ? { mayAskFor } : {}), ...PATIENCE })
      .catch((error) => error);
    return { error, said: server.said() };
  } finally {
    await server.stop();
  }
}

const asks = (message: Buffer): Turn[] => [() => message, () => Buffer.concat([OK, READY])];
const scram = (rounds: number | string): Turn[] => [() => SASL, (heard) => challenge(heard, rounds)];
/** What the client says last in SCRAM, which holds its proof. */
const PROOF = ",p=";

describe("A server that asks for more than a proof of the password", () => {
  it("is given the proof where it asks for that", async () => {
    const { said } = await meet(scram(4096));
    expect(said).toContain(PROOF);
  });

  it.each([
    ["the password in clear text", asks(CLEAR_TEXT), "clear text"],
    ["an md5 hash", asks(MD5), "md5"],
    ["a proof of one round", scram(1), "md5"],
    ["a proof of 4095 rounds", scram(4095), "md5"],
    // pg believes the last, whoever else believes the first.
    ["a proof of 4096 rounds, and of one", scram("4096,i=1"), "md5"],
    ["clear text after the beginning of a proof", [() => SASL, () => CLEAR_TEXT] as Turn[], "clear text"],
    ["md5 after the beginning of a proof", [() => SASL, () => MD5] as Turn[], "md5"],
    ["clear text after a whole proof", [...scram(4096), () => CLEAR_TEXT] as Turn[], "clear text"],
  ])("%s: it is told nothing", async (what, turns, setting) => {
    const { error, said } = await meet(turns);
    expect(error).toMatchObject({
      name: "UnsupportedError",
      code: "PasswordAskedFor",
      message: expect.stringContaining(`mayAskFor: ${setting}`),
    });
    expect(said).not.toContain(password);
    expect(said).not.toMatch(/md5[0-9a-f]{32}/);
    if (!what.includes("whole")) expect(said).not.toContain(PROOF);
  });

  it.each(["postgres", "redshift"] as const)("%s: clear text is refused beside md5", async (kind) => {
    const { error, said } = await meet(asks(CLEAR_TEXT), "md5", kind);
    expect([error.code, said]).toEqual(["PasswordAskedFor", ""]);
  });

  it.each([
    ["md5", MD5, "md5", "postgres", /md5[0-9a-f]{32}/],
    ["md5 where clear text may be asked for", MD5, "clear text", "postgres", /md5[0-9a-f]{32}/],
    ["clear text", CLEAR_TEXT, "clear text", "postgres", new RegExp(password)],
    ["md5 on Redshift, which knows no other", MD5, undefined, "redshift", /md5[0-9a-f]{32}/],
  ] as const)("is given %s with leave", async (_, message, mayAskFor, kind, given) => {
    const { said } = await meet(asks(message), mayAskFor, kind);
    expect(said).toMatch(given);
  });

  it("does not keep a client busy for ever", async () => {
    const { error, said } = await meet(scram(2_000_000_000));
    expect(error).toMatchObject({ name: "UnsupportedError", code: "ProofTooLong" });
    expect(said).not.toContain(PROOF);
  });
});

describe("A server that proves nothing", () => {
  const final = authentication(12, `v=${Buffer.alloc(32, 7).toString("base64")}`);
  it.each([
    ["lets in whoever comes", [() => Buffer.concat([OK, READY])] as Turn[], "NoPasswordAsked"],
    ["breaks off the proof and lets in", [() => SASL, () => Buffer.concat([OK, READY])] as Turn[], "NoPasswordAsked"],
    ["takes the proof and gives none", [...scram(4096), () => Buffer.concat([OK, READY])] as Turn[], "NoPasswordAsked"],
    ["gives a wrong proof", [...scram(4096), () => Buffer.concat([final, OK, READY])] as Turn[], "ServerUnproven"],
    ["gives its proof too early", [() => SASL, () => Buffer.concat([final, OK, READY])] as Turn[], "ServerUnproven"],
  ])("%s: is not believed", async (_, turns, code) => {
    const { error, said } = await meet(turns);
    expect(error).toMatchObject({ name: "UnsupportedError", code });
    expect(said).not.toContain(password);
  });

  it.each([7, 9, 13, 99])("asks for a login of kind %i, which ends no process", async (kind) => {
    const { error, said } = await meet([() => authentication(kind, "x")]);
    expect(error).toMatchObject({ name: "UnsupportedError", code: "LoginUnsupported" });
    expect(said).toBe("");
  });
});

describe("A real server", () => {
  it("with each kind of login that pg_hba.conf knows by password", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyturn-logins-"));
    await chmod(folder, 0o755);
    const hba = join(folder, "hba.conf");
    const kinds = [
      ["hashed", "md5"],
      ["clear", "password"],
      ["trusted", "trust"],
      ["all", "scram-sha-256"],
    ];
    await writeFile(hba, kinds.map(([who, how]) => `host all ${who} 127.0.0.1/32 ${how}\n`).join(""));
    const server: PostgresServer = await startPostgres({
      dataDir: join(folder, "postgres"),
      superuserPassword: "only-here-superuser",
      tls: false,
      settings: { hba_file: hba },
    });
    const { host, port } = server;
    const engine = await engineFor("postgres");
    const open = async (username: string, mayAskFor?: ConnectRequest["mayAskFor"]) => {
      const target = { host, port, database: "postgres", tls: false };
      const session = await engine.connect({
        target,
        credential: { username, password },
        ...(mayAskFor ? { mayAskFor } : {}),
        ...PATIENCE,
      });
      return session.whoAmI().finally(() => session.close());
    };
    try {
      const client = new pg.Client({ host, port, user: "postgres", password: server.superuserPassword });
      await client.connect();
      await client.query(`CREATE ROLE hashed LOGIN PASSWORD '${md5Verifier("hashed", password)}'`);
      for (const name of ["proven", "clear", "trusted"])
        await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
      await client.end();

      expect(await open("proven")).toMatchObject({ login: "proven" });
      await expect(open("hashed")).rejects.toMatchObject({ code: "PasswordAskedFor" });
      expect(await open("hashed", "md5")).toMatchObject({ login: "hashed" });
      await expect(open("clear", "md5")).rejects.toMatchObject({ code: "PasswordAskedFor" });
      expect(await open("clear", "clear text")).toMatchObject({ login: "clear" });
      await expect(open("trusted", "clear text")).rejects.toMatchObject({ code: "NoPasswordAsked" });
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
