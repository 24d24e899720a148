import { once } from "node:events";
import { chmodSync, chownSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as immediate } from "node:timers/promises";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import { writeStack } from "../local/fixtures/stack.js";
import { call, type Request, type Signing, send, signed } from "../local/signed.js";

const CANARY = "the admin's own password";
const READ: Request = {
  service: "secretsmanager",
  headers: { "x-amz-target": "secretsmanager.GetSecretValue", "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify({ SecretId: "admin" }),
};
const INVOKE: Request = { service: "lambda", path: "/2015-03-31/functions/reader/invocations", body: "{}" };
const WHO_AM_I: Request = {
  service: "sts",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: "Action=GetCallerIdentity&Version=2011-06-15",
};

let folder: string;
let cloud: Cloud;
/** As the function `reader` finds them in its environment. */
let reader: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-cloud-attack-"));
  // As it would be made in a checkout: by the cloud, under whatever umask.
  cloud = await startCloud({ templateFile: await writeStack(join(folder, "package")), dataDir: join(folder, "data") });
  await new SecretsManagerClient(cloud.clientConfig).send(
    new CreateSecretCommand({ Name: "admin", SecretString: CANARY }),
  );
  const environment = JSON.parse((await call(cloud.clientConfig, INVOKE)).body);
  reader = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    ...(environment.AWS_SESSION_TOKEN ? { sessionToken: environment.AWS_SESSION_TOKEN } : {}),
  };
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

const port = () => new URL(cloud.endpoint).port;
const nameOf = (body: string) =>
  /"__type":"([^"]+)"/.exec(body)?.[1] ?? /<Code>([^<]+)</.exec(body)?.[1] ?? "no error that has a name";

describe("the user", () => {
  it("is let in by a signature, under each name of this machine", async () => {
    for (const name of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
      const answer = await call(cloud.clientConfig, {
        ...READ,
        headers: { ...READ.headers, host: `${name}:${port()}` },
      });
      expect([name, answer.status]).toEqual([name, 200]);
      expect(answer.body).toContain(CANARY);
    }
    expect((await call(cloud.clientConfig, WHO_AM_I)).body).toContain("arn:aws:iam::000000000000:root");
  });
});

describe("a web page", () => {
  it.each([
    ["a name that was made to point here", () => `evil.example:${port()}`],
    ["a name that begins as ours", () => `127.0.0.1.evil.example:${port()}`],
    ["another address of loopback", () => `127.1:${port()}`],
    ["another port", () => "127.0.0.1:1"],
    ["no port", () => "127.0.0.1"],
    ["a user before it", () => `127.0.0.1:${port()}@evil.example`],
  ])("that calls under %s is refused before it is asked who it is", async (_, host) => {
    const answer = await call(cloud.clientConfig, { ...READ, headers: { ...READ.headers, host: host() } });
    expect(answer.body).not.toContain(CANARY);
    expect(answer.status).toBe(403);
  });

  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:4566" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.example", connection: "Upgrade", upgrade: "websocket" },
    { referer: "https://evil.example/" },
  ])("with %j is refused, whatever its signature", async (headers) => {
    const answer = await call(
      cloud.clientConfig,
      { ...READ, headers: { ...READ.headers, ...(headers as Record<string, string>) } },
      { unsigned: Object.keys(headers) },
    );
    expect(answer.body).not.toContain(CANARY);
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("that asks whether it may call is told nothing", async () => {
    const answer = await send(
      cloud.clientConfig,
      { method: "OPTIONS" },
      { host: `127.0.0.1:${port()}`, "access-control-request-method": "POST" },
    );
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("that sends a simple form is refused", async () => {
    const headers = { host: `127.0.0.1:${port()}`, "content-type": "application/x-www-form-urlencoded" };
    const answer = await send(cloud.clientConfig, { body: WHO_AM_I.body as string }, headers);
    expect([answer.status, nameOf(answer.body)]).toEqual([403, "MissingAuthenticationToken"]);
  });
});

describe("somebody else on this machine", () => {
  const junk = (accessKeyId: string, service = "secretsmanager") =>
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${new Date().toISOString().slice(0, 10).replaceAll("-", "")}/eu-central-1/${service}/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${"0".repeat(64)}`;
  const withJunk = async (authorization: string) =>
    send(cloud.clientConfig, READ, { ...(await signed(cloud.clientConfig, READ)), authorization });

  it("gets in with no key that he can know", async () => {
    const guessed = ["test", "local", "AKIAIOSFODNN7EXAMPLE", cloud.clientConfig.credentials.accessKeyId];
    for (const key of [...guessed, reader.accessKeyId]) {
      const answer = await withJunk(junk(key));
      expect(answer.body).not.toContain(CANARY);
      expect(answer.status).toBe(400);
      expect(nameOf(answer.body)).toMatch(/^(UnrecognizedClientException|InvalidSignatureException)$/);
    }
    for (const secretAccessKey of ["test", "local", ""]) {
      const { accessKeyId } = cloud.clientConfig.credentials;
      const answer = await call(cloud.clientConfig, READ, { credentials: { accessKeyId, secretAccessKey } });
      expect(answer.body).not.toContain(CANARY);
    }
  });

  it.each([
    ["no authorization", undefined, "MissingAuthenticationTokenException"],
    ["the key's name alone", "Credential=test/", "IncompleteSignatureException"],
    ["another scheme", "Basic dGVzdDp0ZXN0", "IncompleteSignatureException"],
    ["Signature Version 4A", junk("test").replace("HMAC-SHA256", "ECDSA-P256-SHA256"), "IncompleteSignatureException"],
    ["a signature that is empty", junk("test").replace(/0{64}$/, ""), "IncompleteSignatureException"],
    [
      "no signed headers",
      junk("test").replace(/SignedHeaders=[^,]*/, "SignedHeaders="),
      "IncompleteSignatureException",
    ],
  ])("is told by AWS's name that %s will not do", async (_, authorization, name) => {
    const { authorization: _signed, ...headers } = await signed(cloud.clientConfig, READ);
    const answer = await send(cloud.clientConfig, READ, { ...headers, ...(authorization ? { authorization } : {}) });
    expect([answer.status, nameOf(answer.body)]).toEqual([400, name]);
  });

  /** Each differs from a request that is answered in one thing. */
  const WRONG: ReadonlyArray<readonly [string, Request, () => Signing]> = [
    ["another body", READ, () => ({ as: { body: '{"SecretId":"other"}' } })],
    [
      "another operation",
      READ,
      () => ({ as: { headers: { ...READ.headers, "x-amz-target": "secretsmanager.DescribeSecret" } } }),
    ],
    ["an operation that it does not sign", READ, () => ({ unsigned: ["x-amz-target"] })],
    ["a media type that it does not sign", READ, () => ({ unsigned: ["content-type"] })],
    ["a host that it does not sign", READ, () => ({ unsigned: ["host"] })],
    ["another host", READ, () => ({ as: { headers: { ...READ.headers, host: "secretsmanager.amazonaws.com" } } })],
    ["another path", INVOKE, () => ({ as: { path: "/2015-03-31/functions/other/invocations" } })],
    ["another query", { ...READ, query: { a: "1" } }, () => ({ as: { query: {} } })],
    ["another method", READ, () => ({ as: { method: "PUT" } })],
    ["a moment long past", READ, () => ({ date: new Date(Date.now() - 301_000) })],
    ["a moment to come", READ, () => ({ date: new Date(Date.now() + 330_000) })],
    ["another region", READ, () => ({ region: "us-east-1" })],
    ["another service", READ, () => ({ as: { service: "sts" } })],
    [
      "a token that nobody gave it",
      READ,
      () => ({ credentials: { ...cloud.clientConfig.credentials, sessionToken: "any" } }),
    ],
  ];
  it.each(WRONG)("cannot use a right signature over %s", async (_, request, signing) => {
    expect((await call(cloud.clientConfig, request)).status).toBe(200);
    const answer = await call(cloud.clientConfig, request, signing());
    expect(answer.body).not.toContain(CANARY);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it.each(["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "e".repeat(64)])(
    "cannot put another body under a signature by %s in its place",
    async (hash) => {
      const headers = { ...READ.headers, "x-amz-content-sha256": hash };
      const answer = await call(cloud.clientConfig, { ...READ, headers });
      expect(answer.body).not.toContain(CANARY);
      expect([answer.status, nameOf(answer.body)]).toEqual([400, "InvalidSignatureException"]);
    },
  );

  it("cannot put the signature into the address, where logs and histories keep it", async () => {
    const { authorization = "", ...headers } = await signed(cloud.clientConfig, READ);
    const answer = await send(
      cloud.clientConfig,
      { ...READ, query: { "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Signature": authorization.slice(-64) } },
      headers,
    );
    expect(answer.body).not.toContain(CANARY);
    expect(answer.status).toBe(400);
  });

  it("cannot slip in a second header behind the signed one", async () => {
    const headers = await signed(cloud.clientConfig, READ);
    for (const name of ["x-amz-target", "authorization", "host", "content-type", "x-amz-date"]) {
      const request = httpRequest({ hostname: "127.0.0.1", port: port(), method: "POST", agent: false });
      for (const [key, value] of Object.entries(headers)) if (key !== name) request.setHeader(key, value);
      const value = headers[name] ?? "";
      request.setHeader(name, [value, value]);
      request.end(READ.body);
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.resume();
      expect([name, response.statusCode]).toEqual([name, 400]);
    }
  });

  it.each(["//evil.example/", "/./", "/a/../", "http://evil.example/", "*"])(
    "cannot mean one address by another: %s",
    async (path) => {
      const answer = await call(cloud.clientConfig, { ...READ, path }, { as: { path: "/" } });
      expect(answer.body).not.toContain(CANARY);
      expect(answer.status).toBe(400);
    },
  );

  it("finds no other door: the cloud listens on one port", async () => {
    const doors = listening().filter((one) => String(one) !== port());
    // Whatever listens is asked for the table, as anybody could.
    const tables = await Promise.all(
      doors.map((door) =>
        send(
          { endpoint: `http://127.0.0.1:${door}` },
          { body: "{}" },
          {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": "DynamoDB_20120810.ListTables",
            "x-amz-date": "20200101T000000Z",
            authorization:
              "AWS4-HMAC-SHA256 Credential=any/20200101/any/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
          },
        ).then(
          ({ body }) => body,
          () => "no answer",
        ),
      ),
    );
    expect(tables.join("\n")).not.toContain("stack-table");
    expect(doors).toEqual([]);
  });

  it("reads nothing of the cloud's data", () => {
    expect(statSync(join(folder, "data")).mode & 0o077).toBe(0);
    const keys = join(folder, "data", "credentials");
    expect(statSync(keys).mode & 0o777).toBe(0o600);
    expect(readFileSync(keys, "utf8")).toContain(cloud.clientConfig.credentials.secretAccessKey);
  });
});

describe("a function's key", () => {
  it("opens what its role opens", async () => {
    const answer = await call(cloud.clientConfig, WHO_AM_I, { credentials: reader });
    expect(answer.body).toContain("assumed-role/stack-test-Role/reader");
    const read = await call(cloud.clientConfig, READ, { credentials: reader });
    expect(nameOf(read.body)).toBe("AccessDeniedException");
  });

  it("is worth nothing without its token, or with another's", async () => {
    const { sessionToken: _own, ...half } = reader;
    const other = JSON.parse(
      (await call(cloud.clientConfig, { ...INVOKE, path: "/2015-03-31/functions/other/invocations" })).body,
    );
    for (const credentials of [half, { ...half, sessionToken: other.AWS_SESSION_TOKEN as string }]) {
      const answer = await call(cloud.clientConfig, WHO_AM_I, { credentials });
      expect([answer.status, nameOf(answer.body)]).toEqual([403, "InvalidClientTokenId"]);
    }
  });

  it("is another at each start, and the root's is the same", async () => {
    const dataDir = join(folder, "twice");
    const templateFile = await writeStack(join(folder, "package"));
    const keys: string[][] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const started = await startCloud({ templateFile, dataDir });
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = JSON.parse((await call(started.clientConfig, INVOKE)).body);
      keys.push([started.clientConfig.credentials.secretAccessKey, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]);
      await started.stop();
    }
    const [[root, ...first], [again, ...second]] = keys as [string[], string[]];
    expect(root).toBe(again);
    expect(first).not.toContain(second[0]);
    expect(first).not.toContain(second[1]);
    for (const [secret = "", many] of [
      [root, 30],
      [first[1], 30],
    ] as const)
      expect(secret.length).toBeGreaterThan(many);
    expect(root).not.toBe(cloud.clientConfig.credentials.secretAccessKey);
  });
});

describe("a request that is too much", () => {
  const FIFTY_MB = 50 * 1024 * 1024;

  /** Sends until it is stopped; gives the answer and how much was taken. */
  async function flood(headers: Record<string, string>): Promise<{ status: number | undefined; sent: number }> {
    const request = httpRequest({ hostname: "127.0.0.1", port: port(), method: "POST", headers, agent: false });
    let status: number | undefined;
    let sent = 0;
    let over = false;
    request.on("response", (response) => {
      status = response.statusCode;
      over = true;
      response.resume();
    });
    request.on("error", () => (over = true));
    const stopped = Promise.race([once(request, "close"), once(request, "response")]).catch(() => undefined);
    const chunk = Buffer.alloc(64 * 1024, "x");
    while (!over && sent < FIFTY_MB) {
      if (!request.write(chunk)) await Promise.race([once(request, "drain"), stopped]).catch(() => undefined);
      sent += chunk.length;
      await immediate();
    }
    if (!over) request.end();
    await answered(request, () => over);
    request.destroy();
    return { status, sent };
  }

  async function answered(request: ClientRequest, over: () => boolean): Promise<void> {
    if (!over()) await Promise.race([once(request, "response"), once(request, "close")]).catch(() => undefined);
  }

  it.each([
    ["that says its length", { "content-length": String(FIFTY_MB) }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ])("a body of 50 MB %s is not read to its end", async (_, length) => {
    const headers = await signed(cloud.clientConfig, READ);
    const { status, sent } = await flood({ ...headers, ...(length as Record<string, string>) });
    expect(status).toBe(413);
    expect(sent).toBeLessThan(FIFTY_MB / 2);
  });

  it("a stranger's is not read at all", async () => {
    const { status, sent } = await flood({ host: "evil.example", "content-length": String(FIFTY_MB) });
    expect(status).toBe(403);
    expect(sent).toBeLessThan(FIFTY_MB / 2);
  });

  it("what AWS takes is taken: a value of 65,536 bytes, an event of 262,144", async () => {
    const secrets = new SecretsManagerClient(cloud.clientConfig);
    await secrets.send(new CreateSecretCommand({ Name: "long", SecretString: "\u0001".repeat(65_536) }));
    const Detail = JSON.stringify({ text: '"'.repeat(130_000) });
    const answer = await call(cloud.clientConfig, {
      service: "events",
      headers: { "x-amz-target": "AWSEvents.PutEvents", "content-type": "application/x-amz-json-1.1" },
      body: JSON.stringify({ Entries: [{ Source: "test", DetailType: "Told", Detail }] }),
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).FailedEntryCount).toBe(0);
  });
});

describe("a folder that somebody else has put there", () => {
  const start = async (dataDir: string) => {
    const started = await startCloud({ templateFile: await writeStack(join(folder, "package")), dataDir });
    await started.stop();
  };

  it("is refused where it is a link", async () => {
    const [planted, elsewhere] = [join(folder, "planted"), join(folder, "elsewhere")];
    await mkdir(elsewhere);
    symlinkSync(elsewhere, planted);
    await expect(start(planted)).rejects.toThrow(/planted is a symbolic link/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it("is refused where others may write", async () => {
    const open = join(folder, "open");
    await mkdir(open);
    chmodSync(open, 0o777);
    await expect(start(open)).rejects.toThrow(/open may be written by others/);
    expect(readdirSync(open)).toEqual([]);
  });

  it("keys that others may read are refused, and a link in their place", async () => {
    const data = join(folder, "keys");
    await start(data);
    chmodSync(join(data, "credentials"), 0o644);
    await expect(start(data)).rejects.toThrow(/credentials is open to others/);
    if (process.getuid?.() === 0) {
      chmodSync(join(data, "credentials"), 0o600);
      chownSync(join(data, "credentials"), 54_321, 54_321);
      await expect(start(data)).rejects.toThrow(/credentials belongs to user 54321/);
    }
    await rm(join(data, "credentials"));
    symlinkSync(join(folder, "data", "credentials"), join(data, "credentials"));
    await expect(start(data)).rejects.toThrow(/credentials is a symbolic link/);
  });
});

/** The TCP ports of this process that are listened on. */
function listening(): number[] {
  const own = new Set(
    readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ["tcp", "tcp6"]
    .flatMap((table) => readFileSync(`/proc/self/net/${table}`, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && own.has(fields[9] as string))
    .map((fields) => Number.parseInt((fields[1] as string).split(":")[1] as string, 16));
}
