import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledger } from "../../src/aws/ledger.js";
import { versionIdOf } from "../../src/rotation/version-id.js";
import { gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { connected, createAdmin, createLogin, freshName, type Login, letsIn } from "../tools/postgres.js";
import { type Impostor, startImpostor } from "./impostor.js";

// Whoever may write a secret may write every version of it, AWSPENDING and those whose ids he knows beforehand included.
const keyturn = useCloud();
let impostor: Impostor;
beforeAll(async () => {
  impostor = await startImpostor();
});
afterAll(() => impostor.close());

const KNOWN = "known-to-the.attacker";

async function put(SecretId: string, value: object, ClientRequestToken: string, label: string): Promise<void> {
  const SecretString = JSON.stringify(value);
  await keyturn
    .secrets()
    .send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages: [label] }));
}

/** A secret of the attacker's with the admin that serves the victim too, and with which a rotation works. */
async function attackers(strategy: string) {
  const [victim, attacker] = [await createLogin(), await createLogin()];
  const admin = await createAdmin(victim.username, attacker.username);
  const masterarn = await keyturn.adminSecretFor(admin);
  const secret = await keyturn.secretFor(attacker, { masterarn }, { "keyturn:strategy": strategy });
  expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  return { victim, admin, attacker, secret };
}

/**
 * Starts a rotation under a name that is chosen beforehand. `before` is told the id of its version as it can be computed of the
 * name alone, and, which only the ledger knows, as it really is.
 */
async function start(secretId: string, before: (guessed: string, real: string) => Promise<void>): Promise<string> {
  const stateMachineArn = keyturn.cloud.resource("RotateSecret").ref;
  const name = freshName("chosen");
  const arn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  const table = ledger(new DynamoDBClient(keyturn.cloud.clientConfig), keyturn.cloud.resource("Table").ref);
  const { seed = "" } = await table.look(secretId);
  await before(versionIdOf("", arn), versionIdOf(seed, arn));
  const { executionArn = "" } = await keyturn
    .sfn()
    .send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ secretId }) }));
  return executionArn;
}

/** What the attacker would have under AWSPENDING: a login that is not his, at a server that is. */
async function elsewhere(secret: string, username: string): Promise<object> {
  const login = { username, password: `of-the-impostor.${username}` };
  await impostor.know(login);
  return { ...(await keyturn.value(secret)), ...login, host: impostor.host, port: impostor.port, ssl: false };
}

/** AWSCURRENT as the attacker writes it, refused by the database, so that roll back must act. */
async function breakCurrent(secret: string): Promise<void> {
  const value = { ...(await keyturn.value(secret)), password: KNOWN };
  await put(secret, value, freshName("edited".padEnd(28, "0")), "AWSCURRENT");
}

const isUntouched = async (login: Login) =>
  expect([await letsIn(login), await letsIn({ ...login, password: KNOWN })]).toEqual([true, false]);

describe.each(["victim", "admin"] as const)("a version with the login of %s at another server", (whose) => {
  it("stored beforehand under the id of a rotation, sets no password of his in a roll back", async () => {
    const { [whose]: target, secret } = await attackers("single-user");
    await breakCurrent(secret);
    await start(secret, async (_, id) => put(secret, await elsewhere(secret, target.username), id, "PLANTED"));
    await keyturn.cloud.settled();
    await isUntouched(target);
  });

  it("stored as AWSPENDING while a rotation is stopped, sets no password of his in its recovery", async () => {
    const { [whose]: target, secret } = await attackers("single-user");
    await breakCurrent(secret);
    const executionArn = await keyturn.hangIn("create-secret", "before", secret);
    await put(secret, await elsewhere(secret, target.username), freshName("pending".padEnd(28, "0")), "AWSPENDING");
    await keyturn.stop(executionArn);
    await isUntouched(target);
    expect((await keyturn.records(secret))[0]).toMatchObject({ executionArn, outcome: "needs attention" });
  });

  it("left as AWSPENDING, is resumed by no rotation, and by no dry run", async () => {
    const { [whose]: target, secret } = await attackers("single-user");
    await breakCurrent(secret);
    await put(secret, await elsewhere(secret, target.username), freshName("pending".padEnd(28, "0")), "AWSPENDING");
    const visits = impostor.visits();
    expect((await keyturn.rotate(secret)).cause).toMatch(/^ForeignPending/);
    expect((await keyturn.check(secret)).output).toMatchObject({ ok: false });
    expect(impostor.visits()).toBe(visits);
    await isUntouched(target);
  });
});

describe("a version with another login of the same server", () => {
  it.each(["single-user", "alternating-users"])("is taken up by no rotation with %s", async (strategy) => {
    const { victim, secret } = await attackers(strategy);
    const own = await keyturn.value(secret);
    await put(secret, { ...own, ...victim, password: KNOWN }, freshName("pending".padEnd(28, "0")), "AWSPENDING");
    expect((await keyturn.rotate(secret)).cause).toMatch(/^ForeignPending/);
    await start(secret, (_, id) => put(secret, { ...own, ...victim, password: KNOWN }, id, "PLANTED"));
    await keyturn.cloud.settled();
    await isUntouched(victim);
    expect(await letsIn(own)).toBe(true);
  });
});

describe("who may write a secret and not read it", () => {
  const chosen = { password: KNOWN };

  it.each(["single-user", "alternating-users"])("chooses no password by AWSPENDING with %s", async (strategy) => {
    const { secret } = await attackers(strategy);
    const own = await keyturn.value(secret);
    const username =
      strategy === "single-user" ? own.username : own.username.replace(/_clone$|$/, (end) => (end ? "" : "_clone"));
    const next = { ...own, username, ...chosen };
    await put(secret, next, freshName("pending".padEnd(28, "0")), "AWSPENDING");
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await letsIn({ username, ...chosen })).toBe(false);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("chooses none by an id that he computes beforehand, also where the first try dies", async () => {
    const { secret } = await attackers("single-user");
    const own = await keyturn.value(secret);
    const dies = keyturn.cloud.inject({ match: invokes("create-secret"), kind: "exit", when: "before", times: 1 });
    await start(secret, (id) => put(secret, { ...own, ...chosen }, id, "PLANTED"));
    await keyturn.cloud.settled();
    expect(dies.struck()).toBe(1);
    expect((await keyturn.records(secret))[0]).toMatchObject({ outcome: "succeeded" });
    expect(await letsIn({ ...own, ...chosen })).toBe(false);
  });

  it("would choose none if he knew the id", async () => {
    const { secret } = await attackers("single-user");
    const own = await keyturn.value(secret);
    const executionArn = await start(secret, (_, id) => put(secret, { ...own, ...chosen }, id, "PLANTED"));
    await keyturn.cloud.settled();
    expect((await keyturn.ended(executionArn)).cause).toMatch(/^ForeignPending/);
    expect([await letsIn(own), await letsIn({ ...own, ...chosen })]).toEqual([true, false]);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });

  it.each(["test-secret", "finish-secret"])(
    "chooses none by AWSCURRENT in the middle of a rotation (%s)",
    async (phase) => {
      const { secret } = await attackers("single-user");
      const own = await keyturn.value(secret);
      const executionArn = await keyturn.hangIn(phase, "before", secret);
      await put(secret, { ...own, ...chosen, note: "edited" }, freshName("edited".padEnd(28, "0")), "AWSCURRENT");
      await keyturn.stop(executionArn);
      expect(await letsIn({ ...own, ...chosen })).toBe(false);
      expect((await keyturn.records(secret))[0]).toMatchObject({ executionArn, outcome: "needs attention" });
    },
  );

  it("chooses none by AWSCURRENT while a rotation that failed is rolled back", async () => {
    const { secret } = await attackers("single-user");
    const own = await keyturn.value(secret);
    const dies = keyturn.cloud.inject({ match: invokes("test-secret"), kind: "exit", when: "before" });
    const { open, opened } = gate();
    const rollBack = { match: invokes("roll-back"), kind: "hold", when: "before", times: 1, until: opened } as const;
    const hold = keyturn.cloud.inject(rollBack);
    await keyturn.startRotation({ secretId: secret });
    await hold.hit;
    await put(secret, { ...own, ...chosen }, freshName("edited".padEnd(28, "0")), "AWSCURRENT");
    open();
    await keyturn.cloud.settled();
    dies.lift();
    expect(await letsIn({ ...own, ...chosen })).toBe(false);
  });
});

describe("a credential that leaked", () => {
  it.each(["single-user", "alternating-users"])("is not made current again by AWSPENDING with %s", async (strategy) => {
    const { secret } = await attackers(strategy);
    const leaked = await keyturn.value(secret, strategy === "single-user" ? "AWSCURRENT" : "AWSPREVIOUS");
    await put(secret, leaked, freshName("pending".padEnd(28, "0")), "AWSPENDING");
    const { output } = await keyturn.rotate(secret, { reason: "leaked", retireAfterMinutes: 0 });
    expect(output).toMatchObject({ outcome: "succeeded" });
    expect(await letsIn(leaked)).toBe(false);
  });
});

describe("AWSCURRENT that is moved to another server in the middle of a rotation", () => {
  it.each(["finish-secret", "test-secret"])("has the new password tried there by nobody (%s)", async (phase) => {
    const { secret } = await attackers("single-user");
    const own = await keyturn.value(secret);
    const theirs = await elsewhere(secret, own.username);
    const executionArn = await keyturn.hangIn(phase, "before", secret);
    const visits = impostor.visits();
    await put(secret, theirs, freshName("edited".padEnd(28, "0")), "AWSCURRENT");
    await keyturn.stop(executionArn);
    // Only what stands under AWSCURRENT now is: that is the attacker's own.
    expect(impostor.visits() - visits).toBe(1);
    expect((await keyturn.records(secret))[0]).toMatchObject({ executionArn, outcome: "failed" });
  });
});

describe("AWSPENDING that a rotation left", () => {
  it("is the way in where AWSCURRENT is refused, and what becomes current is new", async () => {
    const { secret, attacker } = await attackers("single-user");
    const own = await keyturn.value(secret);
    expect(own.username).toBe(attacker.username);
    const native = { ...own, password: "set-by-a-function-that.died" };
    await put(secret, native, freshName("pending".padEnd(28, "0")), "AWSPENDING");
    await connected(own, (client) =>
      client.query(`ALTER ROLE ${client.escapeIdentifier(own.username)} PASSWORD '${native.password}'`),
    );
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "Resumed" });
    const now = await keyturn.value(secret);
    expect([await letsIn(now), await letsIn(native), await letsIn(own)]).toEqual([true, false, false]);
  });

  it("is the way in for no AWSCURRENT that was put there since", async () => {
    const { secret } = await attackers("single-user");
    const own = await keyturn.value(secret);
    const native = { ...own, password: "set-by-a-function-that.died" };
    await put(secret, native, freshName("pending".padEnd(28, "0")), "AWSPENDING");
    await connected(own, (client) =>
      client.query(`ALTER ROLE ${client.escapeIdentifier(own.username)} PASSWORD '${native.password}'`),
    );
    await breakCurrent(secret);
    const dies = keyturn.cloud.inject({ match: invokes("test-secret"), kind: "exit", when: "before" });
    await keyturn.rotate(secret);
    dies.lift();
    expect(await letsIn({ ...own, password: KNOWN })).toBe(false);
  });
});
