import { DeleteSecretCommand, PutSecretValueCommand, RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, inject, it } from "vitest";
import { gate } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, connected, createLogin, freshName, type Login, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();
const { host, port } = inject("postgres");
const managed = { "keyturn:schedule": "nightly" };
const good = {
  engine: "postgres",
  host,
  port,
  dbname: "postgres",
  username: "someone",
  password: "a-password-of-no-one",
};

describe("a secret that cannot be rotated is refused before anything is stored", () => {
  // One of each kind; all of them are in test/rotation/plan/plan.test.ts.
  it.each<[string, unknown, Record<string, string>, string]>([
    ["not JSON", "postgres://a:b@c/d", {}, "NotJson"],
    ["binary", new Uint8Array([1, 2, 3]), {}, "BinarySecret"],
    ["no password", { ...good, password: undefined }, {}, "MissingKey"],
    ["a user name too long", { ...good, username: "u".repeat(64) }, {}, "UsernameTooLong"],
    [
      "a copy of the password in the middle of a text",
      { ...good, note: `the password is ${good.password}!` },
      {},
      "PasswordCopy",
    ],
    ["an unknown tag", good, { "keyturn:stragety": "single-user" }, "UnknownTag"],
    ["a password too short", good, { "keyturn:password-length": "4" }, "PasswordPolicyImpossible"],
  ])("%s", async (_, value, tags, code) => {
    const secret = await keyturn.storeSecret(value, { ...managed, ...tags });
    const { status, error, cause } = await keyturn.rotate(secret);
    expect({ status, error }).toEqual({ status: "FAILED", error: "InvalidSecretError" });
    expect(cause?.split(":")[0]).toBe(code);
    expect(cause).not.toContain(good.password);
    expect(Object.values(await keyturn.labels(secret)).flat()).toEqual(["AWSCURRENT"]);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "failed", reason: code }]);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Failed"]);
  });

  it("a secret that is not there, deleted, or a service's own", async () => {
    expect((await keyturn.rotate("no/such/secret")).cause).toContain("SecretNotFound");
    const gone = await keyturn.secretFor(await createLogin());
    await keyturn.secrets().send(new DeleteSecretCommand({ SecretId: gone, RecoveryWindowInDays: 7 }));
    expect((await keyturn.rotate(gone)).cause).toContain("SecretDeleted");
  });

  it("a secret that Secrets Manager itself rotates", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.secrets().send(
      new RotateSecretCommand({
        SecretId: secret,
        RotationLambdaARN: keyturn.cloud.resource("SumUpLambdaFunction").attributes.Arn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        RotateImmediately: false,
      }),
    );
    const { error, cause } = await keyturn.rotate(secret);
    expect(error).toBe("ConflictError");
    expect(cause).toContain("cancel-rotate-secret");
  });

  it("a second secret for the same login", async () => {
    const login = await createLogin();
    const first = await keyturn.secretFor(login);
    await keyturn.rotate(first);
    const second = await keyturn.secretFor(await keyturn.value(first), { host: host.toUpperCase() });
    expect((await keyturn.rotate(second)).cause).toContain("SharedLogin");
    await keyturn.secrets().send(new DeleteSecretCommand({ SecretId: first, ForceDeleteWithoutRecovery: true }));
    expect((await keyturn.rotate(second)).output.outcome).toBe("succeeded");
  });
});

describe("a port as digits in a string and unknown keys", () => {
  it("are taken and kept", async () => {
    const secret = await keyturn.secretFor(await createLogin(), { port: String(port), team: { name: "shop" } });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await keyturn.value(secret)).toMatchObject({ port: String(port), team: { name: "shop" } });
  });
});

describe("user names and passwords of every kind", () => {
  it.each([
    ["quotes", `o'b"r\`ien_${freshName("")}`],
    ["spaces", `an app ${freshName("")}`],
    ["unicode", `größe_${freshName("")}`],
    ["an attempt at injection", `x"; DROP ROLE postgres; --${freshName("")}`],
    ["a backslash and a percent sign", `a\\b%s${freshName("")}`],
    ["63 bytes", freshName().padEnd(63, "é".slice(0, 0) || "n")],
  ])("%s", async (_, username) => {
    const login = await createLogin("", username);
    const secret = await keyturn.secretFor(login);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("a password of every printable character", async () => {
    const login = await createLogin();
    const password = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
    await asSuperuser((client) =>
      client.query(`ALTER ROLE ${login.username} PASSWORD ${client.escapeLiteral(password)}`),
    );
    const secret = await keyturn.secretFor({ ...login, password });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });
});

describe("a server that cannot be reached or believed", () => {
  it.each<[string, object, string]>([
    ["a host that does not resolve", { host: "db.invalid" }, "HostNotFound"],
    ["a port that refuses", { port: 1 }, "ConnectionRefused"],
    ["a wrong database", { dbname: "no_such_database" }, "UnknownDatabase"],
    ["a wrong password", { password: "this-is-not-it" }, "CurrentRejected"],
  ])("%s", async (_, fields, code) => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, fields);
    const { status } = await keyturn.rotate(secret);
    expect(status).toBe("FAILED");
    const [record] = await keyturn.records(secret);
    expect(record?.reason).toBe(code);
    expect(await letsIn(login)).toBe(true);
  });
});

describe("AWSPENDING that someone left", () => {
  const put = (secret: string, value: string, token: string) =>
    keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: value,
        ClientRequestToken: token,
        VersionStages: ["AWSPENDING"],
      }),
    );
  const token = () => freshName("version-".padEnd(28, "0"));

  const left = { password: "left-by-someone-42" };
  const setInDatabase = (login: Login) =>
    connected(login, (client) =>
      client.query(`ALTER ROLE ${client.escapeIdentifier(login.username)} PASSWORD '${left.password}'`),
    );

  it("in the database already: it is the way in, and a new one is made", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    await put(secret, JSON.stringify({ ...(await keyturn.value(secret)), ...left }), token());
    await setInDatabase(login);
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "Resumed" });
    expect(await keyturn.value(secret)).not.toMatchObject(left);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("not in the database: a new one is made", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await put(secret, JSON.stringify({ ...(await keyturn.value(secret)), ...left }), token());
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "Resumed" });
    expect(await keyturn.value(secret)).not.toMatchObject(left);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("stale: it is the way in, and what is made has the fields of today", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    await put(secret, JSON.stringify({ ...(await keyturn.value(secret)), ...left, dbname: "old" }), token());
    await setInDatabase(login);
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "StalePending" });
    expect(await keyturn.value(secret)).toMatchObject({ username: login.username, dbname: "postgres" });
  });

  // All that is foreign, and what means nothing: test/rotation/plan/judge-pending.test.ts.
  it("foreign: is left alone", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    await put(secret, JSON.stringify({ ...good, host: "elsewhere" }), token());
    const { status, cause } = await keyturn.rotate(secret);
    expect(status).toBe("FAILED");
    expect(cause).toContain("ForeignPending");
    expect(await letsIn(login)).toBe(true);
    expect(await keyturn.value(secret)).toMatchObject(login);
  });
});

describe("someone else's change in the middle", () => {
  it("of AWSCURRENT is kept: Finish moves no label that is not where Plan saw it, and the login works", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const { open, opened } = gate();
    const move = keyturn.cloud.inject({
      match: ({ operation, caller }) => operation === "UpdateSecretVersionStage" && caller.endsWith("-finish-secret"),
      kind: "hold",
      when: "before",
      until: opened,
      times: 1,
    });
    const executionArn = await keyturn.startRotation({ secretId: secret });
    await move.hit;
    const SecretString = JSON.stringify({ ...good, ...login, note: "by hand" });
    await keyturn.secrets().send(new PutSecretValueCommand({ SecretId: secret, SecretString }));
    open();
    await keyturn.cloud.settled();
    expect(await keyturn.ended(executionArn)).toMatchObject({ status: "FAILED" });
    const [record] = await keyturn.records(secret);
    expect(record).toMatchObject({ outcome: "rolled back", reason: "CurrentMoved" });
    expect(await keyturn.value(secret)).toMatchObject({ ...login, note: "by hand" });
    expect(await letsIn(login)).toBe(true);
  });
});
