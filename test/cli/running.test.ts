import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Host } from "../../src/cli/host.js";
import { outputOf, runProgram } from "../../src/cli/running.js";

const node = (script: string) => [process.execPath, "-e", script] as const;

async function ran(script: string, to?: "stderr") {
  const printed = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof printed) =>
    new Writable({
      write(chunk, _, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const host: Host = {
    ...{ stdin: new PassThrough(), stdout: sink("stdout"), stderr: sink("stderr"), env: { SAID: "so" }, cwd: "/" },
    ...{ clock: () => new Date(), interrupted: new AbortController().signal },
  };
  const code = await runProgram(host, node(script), to ? { to } : {});
  return { code, ...printed };
}

describe("a program that the command runs", () => {
  it("has its output passed on, its exit code kept, and the host's environment", async () =>
    expect(await ran("console.log(process.env.SAID); console.error('no'); process.exitCode = 7")).toEqual({
      ...{ code: 7, stdout: "so\n", stderr: "no\n" },
    }));

  it("leaves stdout to the one document of --json", async () =>
    expect(await ran("console.log(1)", "stderr")).toEqual({ code: 0, stdout: "", stderr: "1\n" }));

  it("counts as interrupted where a signal ended it", async () =>
    expect(await ran("process.kill(process.pid, 'SIGTERM'); setInterval(() => 0, 1000)")).toMatchObject({ code: 130 }));

  it("is told by what it printed, and by what it said where it fails", async () => {
    expect(await outputOf({ env: {} }, node("process.stdout.write('ä')"))).toBe("ä");
    await expect(outputOf({ env: {} }, node("console.error('too long'); process.exit(1)"))).rejects.toThrow("too long");
    await expect(outputOf({ env: {} }, node("process.exit(3)"))).rejects.toThrow("ended with 3");
  });
});
