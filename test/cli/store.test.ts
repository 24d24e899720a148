import { chmodSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetResourcePolicyCommand,
} from "@aws-sdk/client-secrets-manager";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, type Login } from "../tools/postgres.js";
import { KEYS, type RunOptions, run } from "./run.js";

const postgres = inject("postgres");
const use = useCloud();
const OTHERS = "123456789012";

let login: Login;
let count = 0;
beforeAll(async () => {
  login = await createLogin();
});

const freshName = () => `stored/${++count}`;
const where = () => ["--type", "postgres", "--host", postgres.host, "--port", String(postgres.port)];
const known = (name: string) => ["store", name, ...where(), "--user", login.username];
const password = () => JSON.stringify({ password: login.password });
const cli = (argv: readonly string[], options: RunOptions = {}) =>
  run(argv, { cloud: use.cloud, env: { KEYTURN_CA_FILE: postgres.caFile }, ...options });
const described = (name: string): Promise<DescribeSecretCommandOutput | undefined> =>
  use
    .secrets()
    .send(new DescribeSecretCommand({ SecretId: name }))
    .catch(() => undefined);
const tagsOf = async (name: string) =>
  Object.fromEntries(((await described(name))?.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** What differs from run to run. */
function steady(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(login.username, "<user>")
    .replaceAll(String(postgres.port), "<port>")
    .replace(/(stored\/)\d+/g, "$1N")
    .replace(/-[A-Za-z0-9]{6}\)/g, "-XXXXXX)");
}

/** Answers a request for TLS as PostgreSQL does without it, and hangs up on what comes then. */
async function startPlainServer(): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (asked) => (asked.length === 8 ? socket.write("N") : socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() };
}

describe("by questions", () => {
  it("asks for what it takes, tries it, shows it, and stores it once that is confirmed", async () => {
    const name = freshName();
    const { code, stdout, stderr } = await cli(["store"], {
      typed: [
        [/kind of secret/, KEYS.enter],
        [/On which host/, `${postgres.host}${KEYS.enter}`],
        [/On which port/, `${postgres.port}${KEYS.enter}`],
        [/which database/, `postgres${KEYS.enter}`],
        [/user called/, `${login.username}${KEYS.enter}`],
        [/password\?/, `wrong${KEYS.enter}`],
        [/encrypted\?/, KEYS.enter],
        [/to be called/, `${name}${KEYS.enter}`],
        [/which schedule/, KEYS.enter],
        [/How is it rotated/, KEYS.enter],
        [/anything else/, `${KEYS.space}${KEYS.enter}`],
        [/What is it for/, `Orders${KEYS.enter}`],
        [/refuses the user name[\s\S]*once more/, `${login.password}${KEYS.enter}`],
        [/Store it\?/, KEYS.enter],
      ],
    });
    expect(code).toBe(EXIT.done);
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "✔ stored/N is stored (arn:aws:secretsmanager:eu-central-1:000000000000:secret:stored/N-XXXXXX).
        next  keyturn plan stored/N
              keyturn rotate stored/N
      "
    `);
    expect(stdout + stderr).not.toContain(login.password);
    const review = steady(stderr).slice(steady(stderr).lastIndexOf("The secret"));
    expect(review.slice(0, review.indexOf("◆"))).toMatchInlineSnapshot(`
      "The secret
        name                  stored/N
        description           Orders
        region                eu-central-1
        key                   aws/secretsmanager, which AWS manages
        tag keyturn:stage     dev
        tag keyturn:schedule  nightly
        tag keyturn:strategy  single-user
      What it holds
        engine                postgres
        host                  127.0.0.1
        port                  <port>
        username              <user>
        password              ••••••••
        dbname                postgres
      Rotation
        schedule              nightly
        strategy              single-user
      The credential
        login                 gets in from here; the server is 18.4

      │
      "
    `);
    expect(await use.value(name)).toMatchObject({ ...login, engine: "postgres", dbname: "postgres" });
    expect((await described(name))?.Description).toBe("Orders");
  });

  it("asks only for what the command line does not say", async () => {
    const name = freshName();
    use.cloud.keyAliases.push("shop");
    const { code } = await cli([...known(name), "--database", "postgres", "--schedule", "none", "--skip-login"], {
      typed: [
        [/password\?/, `${login.password}${KEYS.enter}`],
        [/encrypted\?/, KEYS.enter],
        [/anything else[\s\S]*key of one's own/, `${KEYS.down}${KEYS.down}${KEYS.space}${KEYS.enter}`],
        [/which key[\s\S]*alias\/shop/, `${KEYS.down}${KEYS.enter}`],
        [/Store it\?/, KEYS.enter],
      ],
    });
    expect(code).toBe(EXIT.done);
    expect((await described(name))?.KmsKeyId).toBe("alias/shop");
    expect(await tagsOf(name)).toEqual({});
  });

  it("stores what is no database, and shows none of its values", async () => {
    const name = freshName();
    const { code, stderr } = await cli(["store", name, "--type", "other"], {
      typed: [
        [/What does it hold/, `token${KEYS.enter}`],
        [/value of token/, `t0ken-of-mine${KEYS.enter}`],
        [/Another name/, KEYS.enter],
        [/anything else/, KEYS.enter],
        [/Store it\?/, KEYS.enter],
      ],
    });
    expect(code).toBe(EXIT.done);
    expect(stderr).not.toContain("t0ken");
    expect(await use.value(name)).toEqual({ token: "t0ken-of-mine" });
  });

  it("asks whether a server without TLS is meant to be one, and says so in the secret", async () => {
    const name = freshName();
    const bare = await startPlainServer();
    const { code, stderr } = await cli(
      [
        "store",
        name,
        "--type",
        "postgres",
        "--host",
        "127.0.0.1",
        "--user",
        "u",
        "--schedule",
        "none",
        "--port",
        String(bare.port),
      ],
      {
        typed: [
          [/which database/, KEYS.enter],
          [/password\?/, `p${KEYS.enter}`],
          [/encrypted\?/, KEYS.enter],
          [/anything else/, KEYS.enter],
          [/without TLS\?/, "y"],
          [/all the same\?/, "y"],
          [/Store it\?/, KEYS.enter],
        ],
      },
    );
    bare.stop();
    expect({ code, stderr: stripVTControlCharacters(stderr) }).toMatchObject({
      code: EXIT.done,
      stderr: expect.stringMatching(/login\s+did not work from here/),
    });
    expect(await use.value(name)).toMatchObject({ ssl: false });
  });

  it.each([
    ["Ctrl-C", KEYS.interrupt],
    ["a no", "n"],
  ])("stores nothing after %s", async (_, key) => {
    const name = freshName();
    const { code, stderr } = await cli([...known(name), "--schedule", "none", "--database", "postgres"], {
      typed: [
        [/password\?/, `${login.password}${KEYS.enter}`],
        [/encrypted\?/, KEYS.enter],
        [/anything else/, KEYS.enter],
        [/Store it\?/, key],
      ],
    });
    expect(code).toBe(EXIT.interrupted);
    expect(stderr).toContain("Nothing was done.");
    expect(await described(name)).toBeUndefined();
  });

  it("tells of a name that is taken while another can be typed", async () => {
    const { stderr } = await cli(["store", "--type", "other"], {
      typed: [
        [/hold/, `a${KEYS.enter}`],
        [/value/, `b${KEYS.enter}`],
        [/Another/, KEYS.enter],
        [/to be called/, `stored/1${KEYS.enter}`],
        [/already/, KEYS.interrupt],
      ],
    });
    expect(stderr).toContain("There is a secret called stored/1 already");
  });
});

describe("by options", () => {
  it("stores all that a secret can have", async () => {
    const name = freshName();
    const admin = await use.adminSecretFor(login);
    const sharing = ["--kms-key", "alias/shop", "--account", OTHERS, "--replica", "eu-west-1"];
    const { code, json, stdout } = await cli(
      [
        ...[...known(name), ...sharing, "--from", "-", "--yes", "--json"],
        ...["--schedule", "nightly", "--strategy", "alternating-users", "--admin", admin.split(":secret:")[1] ?? ""],
        ...["--tag", "team=payments", "--tag", "owner=Anna Smith"],
      ].map((one) => one.replace(/^(test\/.*)-\w{6}$/, "$1")),
      { stdin: JSON.stringify({ password: login.password, team: ["a"] }) },
    );
    expect({ code, stdout }).toMatchObject({ code: EXIT.done });
    expect(json()).toEqual({
      ...{ arn: expect.stringContaining(`:secret:${name}-`), name, versionId: expect.any(String) },
      ...{ regions: ["eu-west-1"], schedule: "nightly", loginTried: true },
      next: [`keyturn plan ${name}`, `keyturn rotate ${name}`],
    });
    expect(await use.value(name)).toMatchObject({ ...login, masterarn: admin, team: ["a"] });
    expect(await tagsOf(name)).toEqual({
      ...{ "keyturn:stage": "dev", "keyturn:schedule": "nightly", "keyturn:strategy": "alternating-users" },
      ...{ team: "payments", owner: "Anna Smith" },
    });
    const { ResourcePolicy } = await use.secrets().send(new GetResourcePolicyCommand({ SecretId: name }));
    expect(ResourcePolicy).toContain(`arn:aws:iam::${OTHERS}:root`);
    expect((await described(name))?.ReplicationStatus?.map(({ Region }) => Region)).toEqual(["eu-west-1"]);
  });

  it("stores a JSON in AWS's format as it is, from a file of one's own", async () => {
    const name = freshName();
    const file = join(use.folder, "secret.json");
    const value = { engine: "postgres", host: postgres.host, port: postgres.port, dbname: "postgres", ...login };
    writeFileSync(file, JSON.stringify(value), { mode: 0o600 });
    const argv = ["store", name, "--from", file, "--yes"];
    chmodSync(file, 0o640);
    expect((await cli(argv)).stderr).toContain("chmod 600");
    chmodSync(file, 0o600);
    expect((await cli(argv)).code).toBe(EXIT.done);
    expect(await use.value(name)).toEqual(value);
    writeFileSync(file, "");
  });

  it("stores nothing that was not confirmed", async () => {
    const name = freshName();
    const { code, stdout, stderr } = await cli([...known(name), "--from", "-"], { stdin: password() });
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(steady(stderr)).toMatchInlineSnapshot(`
      "Logs in at 127.0.0.1 as <user> …

      The secret
        name          stored/N
        region        eu-central-1
        key           aws/secretsmanager, which AWS manages
      What it holds
        engine        postgres
        host          127.0.0.1
        port          <port>
        username      <user>
        password      ••••••••
      Rotation
        schedule      none
      The credential
        login         gets in from here; the server is 18.4
      ▲ Nothing will rotate it.

      ✘ Nothing is stored yet, and nobody can be asked here: say --yes, if the review is right.
      "
    `);
    expect(await described(name)).toBeUndefined();
  });

  it("stores nothing that does not log in, unless it is told to", async () => {
    const name = freshName();
    const refused = await cli([...known(name), "--from", "-", "--yes"], { stdin: '{"password":"wr0ng"}' });
    expect(refused).toMatchObject({ code: EXIT.error, stdout: "" });
    expect(refused.stderr).toContain("refuses the user name or the password. Nothing was stored.");
    const away = ["store", name, "--type", "mysql", "--host", "127.0.0.1", "--port", "1", "--user", "u", "--from", "-"];
    const unreached = await cli([...away, "--yes"], { stdin: password() });
    expect(unreached.stderr).toContain("Nothing answers");
    expect(unreached.stderr).toContain("--skip-login");
    expect(await described(name)).toBeUndefined();
    const skipped = await cli([...away, "--yes", "--skip-login", "--json"], { stdin: password() });
    expect(skipped.json()).toMatchObject({ name, loginTried: false, schedule: null });
  });

  it("says what is there, and how it is taken back, where it is stored in part", async () => {
    const name = freshName();
    use.cloud.inject({ match: ({ operation }) => operation === "PutResourcePolicy", kind: "deny", when: "before" });
    const argv = [...known(name), "--kms-key", "alias/shop", "--account", OTHERS, "--from", "-", "--yes", "--json"];
    const { code, json } = await cli(argv, { stdin: password() });
    expect(code).toBe(EXIT.error);
    const { error } = json<{ error: { code: string; message: string } }>();
    expect(error.code).toBe("StoredInPart");
    expect(error.message).toMatch(/without the policy .*aws secretsmanager delete-secret .*--region eu-central-1/);
    expect(await described(name)).toBeDefined();
  });

  it.each<[string, readonly string[], string, RegExp]>([
    ["a password in the command line", ["--password", "hunter2"], "", /seen by others/],
    ["what is missing", [], "", /--from: Say the user's password/],
    ["no JSON", ["--from", "-"], "hunter2", /no JSON/],
    ["another JSON", ["--from", "-"], '["hunter2"]', /no object/],
    ["a file that is not there", ["--from", "nowhere.json"], "", /ENOENT/],
    ["another user in the JSON", ["--from", "-"], '{"username":"x","password":"hunter2"}', /--user says one thing/],
    ["another engine in the JSON", ["--from", "-"], '{"engine":"mysql","password":"hunter2"}', /--type says postgres/],
    ["an unknown schedule", ["--from", "-", "--schedule", "hourly"], '{"password":"hunter2"}', /none of nightly, none/],
    ["several at once", ["--port", "x", "--account", "1"], "", /--port: .*\n {2}--account: /],
  ])("refuses %s, and quotes no value", async (_, argv, stdin, message) => {
    const { code, stderr, stdout } = await cli([...known("stored/never"), ...argv, "--yes"], { stdin });
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("hunter2");
  });

  it("refuses an admin secret that is not there, and a name that is taken", async () => {
    const unknown = await cli([...known("stored/x"), "--schedule", "nightly", "--admin", "no/admin", "--yes"]);
    expect(unknown).toMatchObject({ code: EXIT.error });
    expect(unknown.stderr).toContain("can't find");
    const again = await cli([...known("stored/1"), "--from", "-", "--yes"], { stdin: password() });
    expect(again).toMatchObject({ code: EXIT.usage });
    expect(again.stderr).toContain("There is a secret called stored/1 already");
  });

  it("says that AWS is not reached", async () => {
    const cloud = { clientConfig: { ...use.cloud.clientConfig, endpoint: "http://127.0.0.1:1", maxAttempts: 1 } };
    const { code, stderr } = await cli([...known("stored/x"), "--from", "-"], { stdin: password(), cloud });
    expect(code).toBe(EXIT.noAccess);
    expect(stderr).toContain("AWS gave no answer");
  });
});
