import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { listen } from "../../src/console/listen.js";
import { imaginedDesk } from "../console/imagined.js";
import { run } from "./run.js";

/** test/console/browser.test.ts has it where all is well. */
describe("keyturn console", () => {
  it.each(["x", "65536", "-1", "80.5"])("takes no port %s", async (port) => {
    const { code, stdout, stderr } = await run(["console", "--port", port]);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(stderr).toContain("It must be a port: a whole number from 0 to 65535.");
  });

  it("serves nothing where there is no embedded cloud, and says so", async () => {
    const { code, json } = await run(["console", "--local", "--json"], { cwd: "/nowhere" });
    expect(code).toBe(EXIT.error);
    expect(json()).toEqual({
      error: { code: "NoEmbeddedCloud", message: expect.stringContaining("npx keyturn local") },
    });
  });

  it("says that a port is taken", async () => {
    const first = await listen(imaginedDesk(), 0);
    const port = Number(new URL(first.url).port);
    await expect(listen(imaginedDesk(), port)).rejects.toThrow(`Port ${port} is taken. Leave --port out`);
    await first.close();
  });

  it("is reached under its address, and ends at once although a browser keeps its line open", async () => {
    const served = await listen(imaginedDesk(), 0);
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/enter\?token=[\w-]{32}$/);
    const answer = await fetch(served.url, { redirect: "manual", headers: { Connection: "keep-alive" } });
    expect(answer.status).toBe(303);
    await served.close();
    await expect(fetch(served.url)).rejects.toThrow();
  });
});
