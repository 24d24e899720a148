import { inspect } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type CredentialsError, type CredentialsOptions, credentials } from "../../packages/client/src/client.js";
import { useCloud } from "../tools/cloud.js";
import { until } from "../tools/until.js";
import { PATIENT, secretTools } from "./secret.js";

const keyturn = useCloud();
const { reads, move, outage, untilRead, stored } = secretTools(keyturn);
const MINUTE = 60_000;

/** With a clock that the test moves. */
function read(secretId: string, options: Partial<CredentialsOptions> = {}) {
  const clock = { now: 1_000_000 };
  const client = new SecretsManagerClient({ ...keyturn.cloud.clientConfig, maxAttempts: 1 });
  return { clock, ...credentials({ secretId, client, ...PATIENT, clock: () => clock.now, ...options }) };
}

const refused = () => Object.assign(new Error("refused"), { code: "28P01" });

/** Work that takes some of the ten seconds by the test's clock, and fails. */
function failing(orders: { clock: { now: number } }, error: () => unknown) {
  const thrown: unknown[] = [];
  const work = () => {
    orders.clock.now += 2_500;
    thrown.push(error());
    throw thrown.at(-1);
  };
  return { work, thrown };
}

describe("get", () => {
  it("gives what the secret says", async () => {
    const secret = await stored({ username: "orders", port: "5433", dbname: "shop", more: [1] });
    expect(await read(secret).get()).toEqual({
      engine: "postgres",
      host: "db",
      port: 5433,
      dbname: "shop",
      username: "orders",
      password: "Pass-1",
      versionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      fields: expect.objectContaining({ more: [1] }),
    });
  });

  it("makes one call for a hundred callers at once", async () => {
    const orders = read(await stored());
    const before = reads();
    const all = await Promise.all(Array.from({ length: 100 }, () => orders.get()));
    expect(new Set(all).size).toBe(1);
    expect(reads() - before).toBe(1);
  });

  it("reads again in the background first, and in the foreground when the time is over", async () => {
    const secret = await stored({ username: "a" });
    const orders = read(secret);
    await orders.get();
    await move(secret, { username: "b", password: "Pass-2" });
    const before = reads();
    orders.clock.now += 4 * MINUTE - 1;
    expect((await orders.get()).username).toBe("a");
    expect(reads()).toBe(before);
    orders.clock.now += 1;
    expect((await orders.get()).username).toBe("a");
    await untilRead(before);
    await orders.refresh();
    expect((await orders.get()).username).toBe("b");
    await move(secret, { username: "c", password: "Pass-3" });
    orders.clock.now += 5 * MINUTE;
    expect((await orders.get()).username).toBe("c");
  });

  it("fetches in the background without anybody asking for it again", async () => {
    const secret = await stored({ username: "a" });
    const orders = read(secret);
    await orders.get();
    await move(secret, { username: "b", password: "Pass-2" });
    orders.clock.now += 4.5 * MINUTE;
    expect((await orders.get()).username).toBe("a");
    await until(async () => (await orders.get()).username === "b");
  });
});

describe("while Secrets Manager cannot be reached", () => {
  afterEach(() => vi.useRealTimers());

  it.each(["reset", "fault", "hang"] as const)(
    "serves the last credential for an hour, then fails (%s)",
    async (kind) => {
      const failures: CredentialsError[] = [];
      const orders = read(await stored({ username: "a" }), { onReadFailed: (e) => failures.push(e) });
      await orders.get();
      const out = outage(kind);
      // Nothing but its time-out ends a reading that hangs.
      if (kind === "hang") vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const timeOut = () => (kind === "hang" ? vi.advanceTimersByTimeAsync(PATIENT.readTimeoutMs) : undefined);
      try {
        orders.clock.now += 59 * MINUTE;
        const served = orders.get();
        await timeOut();
        expect((await served).username).toBe("a");
        expect(failures.length).toBeGreaterThan(0);
        orders.clock.now += MINUTE;
        const failed = expect(orders.get()).rejects.toMatchObject({ name: "CredentialsError", code: "Unreadable" });
        await timeOut();
        await failed;
      } finally {
        out.lift();
      }
      vi.useRealTimers();
      expect((await orders.get()).username).toBe("a");
    },
  );

  it("waits for it once, and asks again in the background, not at every turn", async () => {
    const orders = read(await stored());
    await orders.get();
    const out = outage();
    orders.clock.now += 6 * MINUTE;
    await orders.get();
    const before = out.struck();
    for (let turn = 0; turn < 50; turn += 1) await orders.get();
    expect(out.struck()).toBe(before);
    orders.clock.now += MINUTE;
    await orders.get();
    await until(() => out.struck() > before);
    expect(out.struck()).toBe(before + 1);
    out.lift();
  });

  it("trusts the last value no longer once the failure is long past", async () => {
    const secret = await stored({ username: "before" });
    const failures: CredentialsError[] = [];
    const orders = read(secret, { onReadFailed: (error) => failures.push(error) });
    await orders.get();
    const out = outage();
    orders.clock.now += 4.5 * MINUTE;
    await orders.get();
    await until(() => failures.length > 0);
    out.lift();
    await move(secret, { engine: "postgres", host: "db", username: "after", password: "a-new-password" });
    orders.clock.now += 20 * MINUTE;
    expect(await orders.get()).toMatchObject({ username: "after" });
  });

  it("has nothing to serve at first, and refresh always says so", async () => {
    const orders = read(await stored());
    const out = outage();
    await expect(orders.get()).rejects.toMatchObject({ code: "Unreadable" });
    out.lift();
    await orders.get();
    const again = outage();
    await expect(orders.refresh()).rejects.toMatchObject({ code: "Unreadable" });
    again.lift();
  });
});

describe("withCredential", () => {
  it("reads at once when refused, and runs the work with the new version", async () => {
    const secret = await stored({ username: "a" });
    const orders = read(secret);
    await orders.get();
    await move(secret, { username: "b", password: "Pass-2" });
    const tried: string[] = [];
    const result = await orders.withCredential(({ username }) => {
      tried.push(username);
      if (username === "a") throw refused();
      return "done";
    });
    expect(result).toBe("done");
    expect(tried).toEqual(["a", "b"]);
  });

  it("waits for the label to move", async () => {
    const secret = await stored({ username: "a" });
    const orders = read(secret);
    let tries = 0;
    await orders.withCredential(async ({ username }) => {
      tries += 1;
      if (tries === 3) await move(secret, { username: "b", password: "Pass-2" });
      if (username === "a") throw refused();
    });
    expect(tries).toBeGreaterThan(3);
  });

  it("gives the database's own error when the version stays, after its limit", async () => {
    const orders = read(await stored());
    const { work, thrown } = failing(orders, refused);
    const error = await orders.withCredential(work).catch((last) => last);
    expect(thrown).toHaveLength(5);
    expect(error).toBe(thrown.at(-1));
  });

  it("keeps trying while Secrets Manager is down, and still gives the database's own error", async () => {
    const orders = read(await stored());
    await orders.get();
    const out = outage();
    const { work, thrown } = failing(orders, refused);
    const error = await orders.withCredential(work).catch((last) => last);
    expect(thrown).toHaveLength(5);
    expect(error).toBe(thrown.at(-1));
    expect(out.struck()).toBeGreaterThan(1);
    out.lift();
  });

  it("leaves every other error alone, and takes the caller's word for what a refusal is", async () => {
    const orders = read(await stored());
    const unreachable = failing(orders, () => ({ code: "ECONNREFUSED" }));
    await expect(orders.withCredential(unreachable.work)).rejects.toEqual({ code: "ECONNREFUSED" });
    expect(unreachable.thrown).toHaveLength(1);
    const mongodb = failing(orders, () => ({ code: 18 }));
    const isRejection = (error: unknown) => (error as { code?: number }).code === 18;
    await expect(orders.withCredential(mongodb.work, { isRejection })).rejects.toEqual({ code: 18 });
    expect(mongodb.thrown).toHaveLength(5);
  });

  it("makes one call for a hundred that are refused at once", async () => {
    const secret = await stored({ username: "a" });
    const orders = read(secret);
    await orders.get();
    await move(secret, { username: "b", password: "Pass-2" });
    const before = reads();
    let working = 0;
    const work = async ({ username }: { username: string }) => {
      if (username !== "a") return;
      working += 1;
      await until(() => working === 100);
      throw refused();
    };
    await Promise.all(Array.from({ length: 100 }, () => orders.withCredential(work)));
    expect(reads() - before).toBe(1);
  });
});

describe("errors", () => {
  it.each([
    ["not JSON", "hunter2-is-the-password"],
    ["no object", '["hunter2-is-the-password"]'],
    ["no password", '{"username":"hunter2-is-the-password"}'],
    ["a password that is no text", '{"username":"app","password":["hunter2-is-the-password"]}'],
    ["a port that is none", '{"username":"app","password":"hunter2-is-the-password","port":"hunter2-is-the-password"}'],
  ])("hold nothing of the secret: %s", async (_, text) => {
    const error = await read(await keyturn.storeSecret(text, {}))
      .get()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "CredentialsError", code: "InvalidSecret" });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain("hunter2");
  });

  it("hold nothing of an answer that the SDK could not read", async () => {
    const requestHandler = {
      handle: async () => ({
        response: {
          statusCode: 200,
          headers: { "content-type": "application/x-amz-json-1.1" },
          body: new Blob(['{"SecretString":"hunter2-is-the-pass']).stream(),
        },
      }),
    };
    const client = new SecretsManagerClient({
      ...keyturn.cloud.clientConfig,
      maxAttempts: 1,
      requestHandler: requestHandler as never,
    });
    const error = await read("shop/orders", { client })
      .get()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "CredentialsError", code: "Unreadable" });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain("hunter2");
  });

  it("keep what Secrets Manager said", async () => {
    const error = await read("shop/nobody")
      .get()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "Unreadable", cause: { name: "ResourceNotFoundException" } });
    expect(error.message).toContain("shop/nobody");
  });
});
