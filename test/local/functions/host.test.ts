import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FunctionHost, functionHost } from "../../../src/local/functions/host.js";

const SOURCE = `
let calls = 0;
export const handler = async (event, context) => {
  calls += 1;
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  if (event.exit) process.exit(1);
  if (event.throw) throw Object.assign(new Error("no"), { name: "TransientError" });
  if (event.late === "throws") setTimeout(() => { throw new RangeError("late canary"); }, 250);
  if (event.late === "throws null") setTimeout(() => { throw null; }, 250);
  if (event.late === "exits") setTimeout(() => process.exit(0), 250);
  if (event.big) return "x".repeat(7 * 1024 * 1024);
  console.log("printed");
  return { event, calls, name: context.functionName, region: process.env.AWS_REGION, left: context.getRemainingTimeInMillis() > 0 };
};`;

let folder: string;
const hosts: FunctionHost[] = [];

async function host(timeoutMs = 10_000): Promise<FunctionHost> {
  const zip = join(folder, "fn.zip");
  await writeFile(zip, zipSync({ "dist/fn/index.mjs": strToU8(SOURCE) }));
  const made = functionHost(
    {
      name: "fn",
      arn: "arn:fn",
      zip,
      handler: "dist/fn/index.handler",
      timeoutMs,
      memoryMb: 512,
      environment: { AWS_REGION: "eu-central-1" },
    },
    { code: folder, logs: folder },
  );
  hosts.push(made);
  return made;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-functions-"));
});
afterAll(async () => {
  await Promise.all(hosts.map((one) => one.stop()));
  await rm(folder, { recursive: true, force: true });
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
    await expect.poll(() => readFile(join(folder, "fn.log"), "utf8")).toContain("printed");
  });

  it("runs many events at once, each alone in its environment", async () => {
    const fn = await host();
    const answers = await Promise.all(Array.from({ length: 12 }, () => fn.invoke({ sleep: 20 })));
    expect(answers).toHaveLength(12);
    expect(Math.max(...answers.map((answer) => (answer as { calls: number }).calls))).toBeGreaterThan(1);
  });

  it.each([
    [{ throw: true }, "TransientError", "no"],
    [{ exit: true }, "Runtime.ExitError", /Runtime exited/],
    [{ sleep: 5_000 }, "Sandbox.Timedout", /Task timed out after 0.40 seconds/],
    [{ big: true }, "Function.ResponseSizeTooLarge", /6291556/],
  ])("%j fails as %s", async (event, errorType, errorMessage) => {
    const fn = await host("sleep" in event ? 400 : 10_000);
    await fn.invoke({}).catch(() => undefined);
    await expect(fn.invoke(event)).rejects.toMatchObject({
      errorType,
      errorMessage: expect.stringMatching(errorMessage),
    });
    expect(await fn.invoke({})).toMatchObject({ name: "fn" });
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
      await expect.poll(calls, { timeout: 10_000 }).toBe(1);
      const log = () => readFile(join(folder, "fn.log"), "utf8");
      if (late === "throws") await expect.poll(log).toContain("uncaught RangeError");
      expect(await log()).not.toContain("canary");
    },
  );

  it("whose package is missing says so every time", async () => {
    const fn = await host();
    await rm(join(folder, "fn.zip"));
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => fn.invoke({})));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill("rejected"));
  });

  it("that is killed while it works has exited", async () => {
    const fn = await host();
    const answer = fn.invoke({ sleep: 1_000 });
    setTimeout(() => void fn.kill("Runtime.ExitError"), 100);
    await expect(answer).rejects.toMatchObject({ errorType: "Runtime.ExitError" });
  });
});
