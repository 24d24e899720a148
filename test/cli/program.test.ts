import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { failureOf } from "../../src/cli/failure.js";
import type { Host } from "../../src/cli/host.js";
import { table } from "../../src/cli/style.js";
import { run } from "./run.js";

describe("the command", () => {
  it.each([
    ["of another account says whose it is", "444455556666", true],
    ["of one's own says only what AWS says", "123456789012", false],
  ])("that is refused a secret %s", (_, account, isOther) => {
    const said =
      "User: arn:aws:sts::123456789012:assumed-role/Ops/anna is not authorized to perform: secretsmanager:DescribeSecret on " +
      `resource: arn:aws:secretsmanager:eu-central-1:${account}:secret:shop/orders-AbCdEf because no resource-based policy allows it`;
    const host = { interrupted: new AbortController().signal } as Host;
    const thrown = Object.assign(new Error(said), { name: "AccessDeniedException" });
    const { message } = failureOf(thrown, host, { stage: "dev", local: false, json: false });
    expect(message).toContain(said);
    expect(message.includes(`The secret is of the account ${account}`)).toBe(isOther);
  });

  it("shows on a screen what there is", async () => {
    const { code, stdout, stderr } = await run(["--help"]);
    expect(code).toBe(EXIT.done);
    expect(stderr).toBe("");
    expect(stdout.split("\n").length).toBeLessThanOrEqual(40);
  });

  it("says what is wrong with a command line, and does nothing", async () => {
    const { code, stdout, stderr } = await run(["explian", "NotDue"]);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(stderr).toContain("unknown command 'explian'");
    expect(stderr).toContain("Did you mean explain?");
  });

  it("prints one document with --json, an error too", async () => {
    const { code, json } = await run(["explain", "Nonsense", "--json"]);
    expect(code).toBe(EXIT.usage);
    expect(json()).toEqual({ error: { code: "Usage", message: expect.stringContaining("Nonsense") } });
  });

  it("is coloured on a terminal, and nowhere else", async () => {
    const inTerminal = await run(["explain", "NotDue"], { terminal: true });
    const piped = await run(["explain", "NotDue"]);
    const plain = await run(["explain", "NotDue"], { terminal: true, env: { NO_COLOR: "1" } });
    expect(inTerminal.stdout).toContain("\u001b[");
    expect(piped.stdout).not.toContain("\u001b[");
    expect(plain.stdout).toBe(piped.stdout);
  });

  it("sets columns as wide as what stands in them, colours not counted", () =>
    expect(
      table([
        ["a", "bb", "c"],
        ["\u001b[1mlonger\u001b[22m", "b", ""],
      ]),
    ).toBe("a       bb  c\n\u001b[1mlonger\u001b[22m  b"));

  it("sets rows that are shorter than others", () => expect(table([["a", "bbb", "c"], ["x"]])).toBe("a  bbb  c\nx"));

  it("prints one document of a wrong command line, too", async () => {
    for (const line of [["status", "--state", "wrong"], ["frob"], ["explain", "--bogus"]]) {
      const { code, stderr, json } = await run([...line, "--json"]);
      expect({ code, stderr }).toEqual({ code: EXIT.usage, stderr: "" });
      expect(json()).toEqual({ error: { code: "Usage", message: expect.any(String) } });
    }
  });

  it("says its version", async () => {
    expect((await run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
