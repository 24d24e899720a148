import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FunctionHost, functionHost, type HostOptions } from "../../../src/local/functions/host.js";
import { warm } from "../../../src/local/functions/warm.js";

const SOURCE = `
const loadMs = Number(process.env.LOAD_MS ?? 0);
if (loadMs) await new Promise((resolve) => setTimeout(resolve, loadMs));
let calls = 0;
export const handler = async (event, context) => {
  calls += 1;
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  if (event.hang) {
    console.log(event.hang);
    await new Promise(() => undefined);
  }
  if (event.exit) process.exit(1);
  if (event.throw) throw Object.assign(new Error("no"), { name: "TransientError" });
  // The answer is on its way before any timer of the same thread can fire.
  if (event.late === "throws") setTimeout(() => { throw new RangeError("late canary"); }, 250);
  if (event.late === "throws null") setTimeout(() => { throw null; }, 250);
  if (event.late === "exits") setTimeout(() => process.exit(0), 250);
  if (event.big) return "x".repeat(7 * 1024 * 1024);
  for (let line = 0; line < (event.lines ?? 1); line += 1) console.log("printed");
  return { event, calls, name: context.functionName, region: process.env.AWS_REGION, left: context.getRemainingTimeInMillis() > 0 };
};`;

/** As long as a test waits for what it wants to see; only what never comes takes that long. */
const PATIENCE = { timeout: 60_000 };

let folder: string;
const hosts: FunctionHost[] = [];

async function host(timeoutMs = 60_000, loadMs = 0, more: Partial<HostOptions> = {}): Promise<FunctionHost> {
  const zip = join(folder, "fn.zip");
  // With one time for all, because a package of other bytes is another one.
  await writeFile(zip, zipSync({ "dist/fn/index.mjs": strToU8(SOURCE) }, { mtime: "2026-11-28" }));
  const made = functionHost(
    {
      name: "fn",
      arn: "arn:fn",
      zip,
      handler: "dist/fn/index.handler",
      timeoutMs,
      memoryMb: 512,
      environment: { AWS_REGION: "eu-central-1", LOAD_MS: String(loadMs) },
    },
    { code: folder, logs: folder, ...more },
  );
  hosts.push(made);
  return made;
}

/** `undefined` where the machine was too busy for an answer in time: a function that began anew for that is asked again. */
const answerOf = (fn: FunctionHost) => fn.invoke({}).catch(() => undefined);

const log = () => readFile(join(folder, "fn.log"), "utf8");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-functions-"));
});
afterAll(async () => {
  await Promise.all(hosts.map((one) => one.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe("a function whose cloud leaves something to the next", () => {
  it("goes on in an idle environment of the same start, and each cloud's log has what was printed for it", async () => {
    const left = warm();
    const earlier = await mkdtemp(join(folder, "earlier-"));
    const before = await host(60_000, 0, { warm: left, logs: earlier });
    await before.invoke({ lines: 20 });
    await before.stop();
    await expect.poll(() => readFile(join(earlier, "fn.log"), "utf8"), PATIENCE).toBe("printed\n".repeat(20));
    const logs = await mkdtemp(join(folder, "next-"));
    const other = await host(60_000, 1, { warm: left });
    expect(await other.invoke({ a: 2 })).toMatchObject({ calls: 1 });
    const next = await host(60_000, 0, { warm: left, logs });
    expect(await next.invoke({ a: 3 })).toMatchObject({ event: { a: 3 }, calls: 2 });
    await expect.poll(() => readFile(join(logs, "fn.log"), "utf8"), PATIENCE).toBe("printed\n");
    await Promise.all([other.stop(), next.stop()]);
    await left.end();
  });

  it("leaves none that is at work, and none that died", async () => {
    const left = warm();
    const before = await host(60_000, 0, { warm: left });
    const hangs = before.invoke({ hang: "left hanging" });
    hangs.catch(() => undefined);
    await expect.poll(log, PATIENCE).toContain("left hanging");
    await expect(before.invoke({ exit: true })).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
    await before.stop();
    await expect(hangs).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
    const next = await host(60_000, 0, { warm: left });
    expect(await next.invoke({})).toMatchObject({ calls: 1 });
    await next.stop();
    await left.end();
  });
});

describe("a function", () => {
  it("runs from its package, in an environment of its own that stays warm", async () => {
    const fn = await host();
    expect(await fn.invoke({ a: 1 })).toEqual({
      event: { a: 1 },
      calls: 1,
      name: "fn",
      region: "eu-central-1",
      left: true,
    });
    expect(await fn.invoke({})).toMatchObject({ calls: 2 });
    await expect.poll(log, PATIENCE).toContain("printed");
  });

  it("runs many events at once, each alone in its environment", async () => {
    const fn = await host();
    const answers = await Promise.all(Array.from({ length: 12 }, () => fn.invoke({ sleep: 20 })));
    expect(answers).toHaveLength(12);
    expect(Math.max(...answers.map((answer) => (answer as { calls: number }).calls))).toBeGreaterThan(1);
  });

  it("runs an event while others wait beside it, however many", async () => {
    const fn = await host();
    const waiting = Array.from({ length: 6 }, () => fn.invoke({ hang: "waits beside" }, true));
    const told = Promise.allSettled(waiting);
    await expect.poll(log, PATIENCE).toMatch(/(waits beside\s+){6}/);
    expect(await fn.invoke({})).toMatchObject({ name: "fn" });
    await fn.kill("Runtime.ExitError");
    expect((await told).map(({ status }) => status)).toEqual(Array(6).fill("rejected"));
  });

  it.each([
    [{ throw: true }, "TransientError", "no"],
    [{ exit: true }, "Runtime.ExitError", /Runtime exited/],
    [{ big: true }, "Function.ResponseSizeTooLarge", /6291556/],
  ])("%j fails as %s", async (event, errorType, errorMessage) => {
    const fn = await host();
    await expect(fn.invoke(event)).rejects.toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(errorMessage),
    });
    expect(await fn.invoke({})).toMatchObject({ name: "fn" });
  });

  it("that does not end is timed out, and begins anew", async () => {
    const fn = await host(2_000);
    await expect(fn.invoke({ hang: "for good" })).rejects.toMatchObject({
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringContaining("Task timed out after 2.00 seconds"),
    });
    await expect.poll(() => answerOf(fn), PATIENCE).toMatchObject({ calls: 1 });
  });

  it.each(["throws", "throws null", "exits"])(
    "that %s behind its answer begins anew, and harms nobody else",
    async (late) => {
      const fn = await host();
      expect(await fn.invoke({ late })).toMatchObject({ calls: 1 });
      // Until it has died, it is the old one that answers, or nobody.
      const calls = () =>
        fn.invoke({}).then(
          (answer) => (answer as { calls: number }).calls,
          () => 0,
        );
      await expect.poll(calls, PATIENCE).toBe(1);
      if (late === "throws") await expect.poll(log, PATIENCE).toContain("uncaught RangeError");
      expect(await log()).not.toContain("canary");
    },
  );

  // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
  it("whose environment takes longer to start than the function may take is not timed out", async () => {
    const fn = await host(2_000, 4_000);
    await expect.poll(() => answerOf(fn), PATIENCE).toMatchObject({ calls: 1, left: true });
  });

  it("whose package is missing says so every time", async () => {
    const fn = await host();
    await rm(join(folder, "fn.zip"));
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => fn.invoke({})));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill("rejected"));
  });

  it("that is killed while it works has exited", async () => {
    const fn = await host();
    const answer = fn.invoke({ hang: "at work" });
    const exited = expect(answer).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
    await expect.poll(log, PATIENCE).toContain("at work");
    await fn.kill("Runtime.ExitError");
    await exited;
  });

  it("that is stopped lets nobody wait, and starts no more", async () => {
    const fn = await host();
    const waiting = Array.from({ length: 6 }, () => fn.invoke({ hang: "until it is stopped" }));
    const told = Promise.allSettled(waiting);
    await fn.stop();
    expect((await told).map(({ status }) => status)).toEqual(Array(6).fill("rejected"));
    await expect(fn.invoke({})).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
  });
});
