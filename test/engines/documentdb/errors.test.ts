import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { PATIENCE } from "../../tools/patience.js";
import { scriptedMongo } from "./scripted.js";

const engine = await engineFor("documentdb");

/** What comes of a login that a server answers with an error. */
async function refusedWith(code: number, errmsg: string): Promise<unknown> {
  const server = await scriptedMongo({}, { code, errmsg });
  try {
    const session = await engine.connect({
      target: { host: "127.0.0.1", port: server.port, tls: false },
      credential: { username: "app", password: "V3ry-secret~indeed.ours" },
      ...PATIENCE,
    });
    await session.close();
    return "It let us in.";
  } catch (error) {
    return error;
  } finally {
    server.close();
  }
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
describe("a login that the server does not take", () => {
  it.each([
    [18, "Authentication failed."],
    [8000, "bad auth : Authentication failed."],
  ])("is refused with error %i, %j", async (code, errmsg) => {
    expect(await refusedWith(code, errmsg)).toMatchObject({ name: "CredentialRejectedError", code: "LoginRefused" });
  });

  it.each([
    [8000, "you are over your space quota", "InternalError", "UnexpectedDriverError"],
    [13, "not authorized on admin to execute command", "InvalidSecretError", "NotLetIn"],
    [189, "primary stepped down", "TransientError", "ServerStopping"],
    [91, "The server is in quiesce mode", "TransientError", "ServerStopping"],
    [11600, "interrupted at shutdown", "TransientError", "ServerStopping"],
    [50, "operation exceeded time limit", "TransientError", "StatementTimeout"],
    [19_999, "unable to verify: self-signed certificate, bad auth", "InternalError", "UnexpectedDriverError"],
  ])("with error %i, %j, is told as %s %s, and is no refusal", async (number, errmsg, name, code) => {
    expect(await refusedWith(number, errmsg)).toMatchObject({ name, code });
  });
});

describe("a server that cannot be reached", () => {
  afterEach(() => void vi.useRealTimers());

  it("is told without waiting for it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    // No time passes.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const connecting = engine.connect({
      target: { host: "127.0.0.1", port, tls: false },
      credential: { username: "app", password: "V3ry-secret~indeed.ours" },
      ...PATIENCE,
    });
    await expect(connecting).rejects.toMatchObject({ name: "TransientError", code: "ConnectionRefused" });
  });
});
