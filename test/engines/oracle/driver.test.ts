import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ConnectRequest } from "../../../src/engines/engine.js";
import { guarded } from "../../../src/engines/guard.js";
import { oracle } from "../../../src/engines/oracle/engine.js";
import { PATIENCE } from "../../tools/patience.js";
import { type Listener, listen, refuseWith } from "./listener.js";

const PASSWORD = "V3ry-secret~indeed";
const crashes: unknown[] = [];
const onCrash = (error: unknown) => crashes.push(error);
const open: { close(): Promise<void> }[] = [];
let folder: string;
let tls: { key: string; cert: string };
let caFile: string;

beforeAll(async () => {
  process.on("uncaughtException", onCrash).on("unhandledRejection", onCrash);
  folder = await mkdtemp(join(tmpdir(), "keyturn-oracle-"));
  const pems = await generate([{ name: "commonName", value: "localhost" }], {
    keySize: 2048,
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  tls = { key: pems.private, cert: pems.cert };
  caFile = join(folder, "ca.pem");
  await writeFile(caFile, pems.cert);
});

afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0)) await one.close();
  // What a closed connection tells the driver comes in a turn of its own.
  await new Promise((resolve) => setImmediate(resolve));
  expect(crashes.splice(0)).toEqual([]);
});

afterAll(async () => {
  process.off("uncaughtException", onCrash).off("unhandledRejection", onCrash);
  await rm(folder, { recursive: true });
});

async function playing(play: (socket: Socket, asked: string) => void, secure = false): Promise<Listener> {
  const listener = await listen(play, secure ? tls : undefined);
  open.push(listener);
  return listener;
}

/** The error of a login, which holds no password. */
async function errorOf(target: Partial<ConnectRequest["target"]>, more: Partial<ConnectRequest> = {}) {
  const error = await guarded(oracle)
    .connect({
      target: { host: "127.0.0.1", port: 1, database: "shop", tls: false, ...target },
      credential: { username: "app", password: PASSWORD },
      ...PATIENCE,
      ...more,
    })
    .then(
      () => new Error("It logged in."),
      (thrown: Error) => thrown,
    );
  expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(PASSWORD);
  return error;
}

const transient = (code: string) => ({ name: "TransientError", code });
const unsupported = (code: string) => ({ name: "UnsupportedError", code });

describe("the driver, without a server of Oracle's", () => {
  it("is told that nothing answers, and that a host does not resolve", async () => {
    expect(await errorOf({})).toMatchObject(transient("ConnectionRefused"));
    expect(await errorOf({ host: "db.invalid" })).toMatchObject(transient("HostNotFound"));
  });

  it.each([false, true])("gives up on one that takes the connection and says nothing (TLS: %s)", async (secure) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { port } = await playing(() => vi.advanceTimersByTime(PATIENCE.connectTimeoutMs));
    expect(await errorOf({ port, tls: secure })).toMatchObject(transient("ConnectTimeout"));
  });

  it.each<[string, (socket: Socket) => void]>([
    ["closes", (socket) => socket.end()],
    ["resets", (socket) => socket.resetAndDestroy()],
  ])("can be told to try again when one %s at once, with TLS and without", async (_, play) => {
    const { port } = await playing(play);
    expect(await errorOf({ port })).toMatchObject(transient("ConnectionLost"));
    expect(await errorOf({ port, tls: true })).toMatchObject(transient("ConnectionLost"));
  });

  it.each([
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n".padEnd(40_000))],
    ["a packet of no kind", Buffer.from([0, 9, 0, 0, 99, 0, 0, 0, 1])],
    ["a packet cut short", Buffer.from([0, 9, 0, 0, 4, 0, 0, 0, 1])],
  ])("says that one which speaks %s is not Oracle", async (_, answer) => {
    const { port } = await playing((socket) => socket.end(answer));
    expect(await errorOf({ port })).toMatchObject(unsupported("NotOracle"));
  });
});

describe("a listener", () => {
  it("is asked for a SID when it knows no such service, and only then", async () => {
    const both = await playing(refuseWith(12514, 12505));
    expect(await errorOf({ port: both.port, database: "ORCL" })).toMatchObject({
      name: "InvalidSecretError",
      code: "UnknownDatabase",
    });
    expect(both.asked.map((text) => /\((SERVICE_NAME|SID)=ORCL\)/.exec(text)?.[1])).toEqual(["SERVICE_NAME", "SID"]);
    expect(both.asked.join()).not.toContain(PASSWORD);
    for (const [number, code] of [
      [12528, "ServerStarting"],
      [12516, "TooManyConnections"],
      [12505, "UnknownDatabase"],
    ] as const) {
      const other = await playing(refuseWith(number, 12505));
      expect(await errorOf({ port: other.port })).toMatchObject({ code });
      expect(other.asked).toHaveLength(1);
    }
  });

  it("that knows the SID, and has it not started, is told from one that does not know it", async () => {
    const { port } = await playing(refuseWith(12514, 12528));
    expect(await errorOf({ port })).toMatchObject(transient("ServerStarting"));
  });

  it("is not asked at all with a secret that cannot mean a database or a login", async () => {
    const { port, asked } = await playing(refuseWith(12514, 12505));
    expect(await errorOf({ port, database: "" })).toMatchObject({ name: "InvalidSecretError", code: "MissingKey" });
    const hostile = "x)(SECURITY=(SSL_SERVER_DN_MATCH=OFF))(A=";
    expect(await errorOf({ port, database: hostile })).toMatchObject({ code: "MalformedTarget" });
    expect(await errorOf({ port, host: "127.0.0.1)(PORT=1" })).toMatchObject({ code: "MalformedTarget" });
    const proxied = { credential: { username: "gate[app]", password: PASSWORD } };
    expect(await errorOf({ port }, proxied)).toMatchObject({ code: "MalformedName" });
    expect(asked).toEqual([]);
  });
});

describe("TLS", () => {
  it("is not stepped down from where there is none", async () => {
    const { port, asked } = await playing((socket) => socket.end("no TLS here\r\n"));
    expect(await errorOf({ port, tls: true })).toMatchObject(unsupported("TlsFailed"));
    expect(asked).toHaveLength(1);
    expect(asked.join()).not.toContain("SERVICE_NAME");
  });

  it("believes no authority but Node's own and those of the file", async () => {
    const { port, asked } = await playing(refuseWith(12514, 12505), true);
    const target = { host: "localhost", port, tls: true };
    expect(await errorOf(target)).toMatchObject(unsupported("CertificateUntrusted"));
    expect(asked).toEqual([]);
    expect(await errorOf(target, { caFile })).toMatchObject({ code: "UnknownDatabase" });
    expect(asked).toHaveLength(2);
  });

  it("believes no certificate for another host", async () => {
    const { port, asked } = await playing(refuseWith(12514, 12505), true);
    expect(await errorOf({ port, tls: true }, { caFile })).toMatchObject(unsupported("CertificateForOtherHost"));
    expect(asked.join()).not.toContain("SERVICE_NAME");
  });
});
