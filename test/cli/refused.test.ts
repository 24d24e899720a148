import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
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

const COMMANDS = [
  ["rotate", "shop/orders"],
  ["rotate", "--all", "--yes"],
  ["stop", "shop/orders"],
  ["settle", "shop/orders"],
  ["status", "--check"],
  ["show", "shop/orders"],
  ["history", "shop/orders"],
  ["schedules", "--all"],
  ["plan", "shop/orders"],
  ["doctor", "--concurrency", "1"],
  ["policy", "shop/orders"],
  ["pause", "shop/orders"],
  ["leave", "shop/orders"],
  ["native", "shop/orders", "on"],
];

describe("where AWS does not let it in", () => {
  it.each(COMMANDS)("keyturn %s %s says what was refused", async (...argv) => {
    const clientConfig = await refusing("AccessDeniedException", "User: anna is not authorized to perform: this");
    const { code, stdout, stderr } = await run(argv, { clientConfig });
    expect({ code, stdout, stderr }).toEqual({
      code: EXIT.noAccess,
      stdout: "",
      stderr: "✘ AWS does not let you: User: anna is not authorized to perform: this\n",
    });
  });

  it("says that credentials have expired, in JSON too", async () => {
    const clientConfig = await refusing(
      "ExpiredTokenException",
      "The security token included in the request is expired",
    );
    const { code, json } = await run(["rotate", "shop/orders", "--json"], { clientConfig });
    expect(code).toBe(EXIT.noAccess);
    expect(json()).toEqual({
      error: { code: "CredentialsExpired", message: expect.stringContaining("aws sso login") },
    });
  });

  it("says that there is no network", async () => {
    const clientConfig = { region: "eu-central-1", endpoint: "http://127.0.0.1:9", credentials };
    const { code, stderr } = await run(["rotate", "shop/orders"], { clientConfig });
    expect(code).toBe(EXIT.noAccess);
    expect(stderr).toContain("AWS gave no answer");
  });
});
