import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { managedServers } from "../../src/aws/servers/managed.js";
import { PATIENCE } from "../../src/aws/servers/patience.js";

// A VPC without an end point: what is sent is lost.
let silent: Server;

beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
});
afterAll(() => {
  vi.unstubAllEnvs();
  silent.close();
});

// Side by side: each takes until the SDK gives up.
describe.concurrent("a server of a managed admin secret, that cannot be looked up", () => {
  it.each([
    ["aws:rds:primaryDBInstanceArn", "arn:aws:rds:eu-central-1:1:db:shop", "rds"],
    ["aws:redshift:primaryClusterArn", "arn:aws:redshift:eu-central-1:1:cluster:lake", "redshift"],
    [
      "aws:redshift-serverless:namespaceArn",
      "arn:aws:redshift-serverless:eu-central-1:1:namespace/n",
      "redshift-serverless",
    ],
  ])("by %s says which end point is missing, before the function's time is up", async (tag, arn, service) => {
    await expect(
      managedServers().ofTags("arn:aws:secretsmanager:eu-central-1:1:secret:rds!x", { [tag]: arn }),
    ).rejects.toMatchObject({
      name: "TransientError",
      code: "Unreachable",
      message: expect.stringContaining(`an interface end point for ${service}, or NAT`),
    });
    // That of "Set secret" is 40 seconds.
    const { connectionTimeout, requestTimeout } = PATIENCE.requestHandler;
    expect(PATIENCE.maxAttempts * (connectionTimeout + requestTimeout)).toBeLessThan(35_000);
  });
});
