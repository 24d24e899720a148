import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { tree } from "../../src/cli/program.js";
import { run } from "./run.js";

let server: Server | undefined;
afterEach(() => server?.close());

const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" };

/** An AWS that answers whatever it is asked with this error. */
async function refusing(code: string, message: string) {
  server = createServer((request, response) => {
    request.resume();
    // CloudFormation's protocol is XML: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
    const isXml = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
    response.writeHead(400, { "content-type": isXml ? "text/xml" : "application/x-amz-json-1.1" });
    response.end(
      isXml
        ? `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: code, message }),
    );
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  return { region: "eu-central-1", endpoint: `http://127.0.0.1:${port}`, credentials };
}

/** Of each command that asks AWS, a line. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  adopt: ["shop/orders", "--schedule", "nightly"],
  console: [],
  doctor: ["--concurrency", "1"],
  history: ["shop/orders"],
  leave: ["shop/orders"],
  native: ["shop/orders", "on"],
  pause: ["shop/orders"],
  plan: ["shop/orders"],
  policy: ["shop/orders"],
  restore: ["shop/orders", "--reason", "r"],
  resume: ["nightly"],
  retry: [],
  rotate: ["shop/orders"],
  schedules: ["--all"],
  settle: ["shop/orders"],
  show: ["shop/orders"],
  status: ["--check"],
  stop: ["shop/orders"],
  unpause: ["shop/orders"],
};

/** They ask AWS as little as they can: their own tests have what becomes of that. */
const ELSEWHERE = ["completion", "deploy", "explain", "init", "local", "store"];

const COMMANDS = [...Object.entries(LINES).map(([name, words]) => [name, ...words]), ["rotate", "--all", "--yes"]];

const nowhere = new PassThrough();
const names = tree(
  {
    ...{ stdin: nowhere, stdout: nowhere, stderr: nowhere, env: {}, cwd: "/", clock: () => new Date() },
    interrupted: new AbortController().signal,
  },
  () => undefined,
).commands.map((one) => one.name());

it("has a line of every command", () => expect([...Object.keys(LINES), ...ELSEWHERE].sort()).toEqual(names.sort()));

describe("where AWS does not let it in", () => {
  it.each(COMMANDS)("keyturn %s %s says what was refused", async (...argv) => {
    const clientConfig = await refusing("AccessDeniedException", "User: anna is not authorized to perform: this");
    const { code, stdout, stderr } = await run(argv, { clientConfig });
    expect({ code, stdout }).toEqual({ code: EXIT.noAccess, stdout: "" });
    expect(stderr).toMatch(/(^|\n)✘ AWS does not let you: User: anna is not authorized to perform: this\n$/);
  });

  it.each(COMMANDS)("keyturn %s %s says that credentials have expired, in one document too", async (...argv) => {
    const clientConfig = await refusing(
      "ExpiredTokenException",
      "The security token included in the request is expired",
    );
    const { code, json } = await run([...argv, "--json"], { clientConfig });
    expect(code).toBe(EXIT.noAccess);
    expect(json()).toEqual({
      error: { code: "CredentialsExpired", message: expect.stringContaining("aws sso login") },
    });
  });

  it.each(COMMANDS)("keyturn %s %s says that there is no network", async (...argv) => {
    const clientConfig = { region: "eu-central-1", endpoint: "http://127.0.0.1:9", credentials };
    const { code, stdout, stderr } = await run(argv, { clientConfig });
    expect({ code, stdout }).toEqual({ code: EXIT.noAccess, stdout: "" });
    expect(stderr).toContain("AWS gave no answer");
  });
});

it.each(names)("keyturn %s says which option it does not know, and does nothing", async (name) => {
  const { code, stdout, stderr } = await run([name, ...(LINES[name] ?? []), "--bogus"]);
  expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^✘ unknown option '--bogus'\n.*keyturn ${name} --help`, "s"));
});
