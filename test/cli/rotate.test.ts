import { PutSecretValueCommand, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { entered, gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createLogin, freshName, type Login, letsIn } from "../tools/postgres.js";
import { KEYS, type RunOptions, run } from "./run.js";

const keyturn = useCloud({ rules: { restore: true } });

const BROKEN = { "keyturn:probe": "select no_such_column" };

/** Its ARN and its name. */
async function secretWith(tags: Record<string, string> = {}) {
  const arn = await keyturn.secretFor(await createLogin(), {}, tags);
  return { arn, name: arn.split(":secret:")[1]?.slice(0, -7) ?? "" };
}

/** What was printed, with what differs from run to run made the same. */
async function ran(argv: readonly string[], options: Omit<RunOptions, "cloud"> = {}) {
  const { code, stdout, stderr, json } = await run(argv, { cloud: keyturn.cloud, ...options });
  const same = (text: string) =>
    text
      .replace(/test\/[a-z0-9]+(-[A-Za-z0-9]{6})?/g, "shop/orders")
      .replace(/app_[0-9a-f]+/g, "app")
      .replace(/\d+(\.\d)? m?s\b/g, "N ms")
      .replace(/:execution:(\S+):[a-z0-9-]+/g, ":execution:$1:NAME")
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "VERSION");
  return { code, stdout: same(stdout), stderr: same(stderr), json };
}

describe("keyturn rotate", () => {
  it("shows a rotation phase by phase, and what came of it", async () => {
    const { arn, name } = await secretWith();
    const before = await keyturn.value(arn);
    const { code, stdout, stderr } = await ran(["rotate", name, "--reason", "leaked"]);
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "✔ shop/orders has a new credential.
        The one before is refused from now on.
        next  keyturn show shop/orders
      "
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "  ✔ Plan       N ms
        ✔ Create     N ms
        ✔ Set        N ms
        ✔ Test       N ms
        ✔ Finish     N ms
        ✔ Record     N ms
        ✔ Announce   N ms
      "
    `);
    expect(await letsIn(before)).toBe(false);
    expect(await keyturn.records(arn)).toMatchObject([
      { trigger: "manual", requestReason: "leaked", requestedBy: expect.stringContaining("arn:aws:iam::") },
    ]);
  });

  it("is coloured on a terminal, where what goes on is taken away again", async () => {
    const { name } = await secretWith();
    const { stdout, stderr } = await ran(["rotate", name], { terminal: true });
    expect(stdout).toContain("\u001b[32m✔\u001b[39m \u001b[1mshop/orders\u001b[22m has a new credential.");
    expect(stderr).toContain("\r\u001b[K  \u001b[32m✔\u001b[39m Plan");
    expect(stderr).toMatch(/Announce {3}N ms\n$/);
  });

  it("prints one document with --json", async () => {
    const { name } = await secretWith();
    const { json } = await ran(["rotate", name, "--json"]);
    expect(json()).toMatchObject({
      secret: name,
      status: "succeeded",
      outcome: "succeeded",
      reason: "Started",
      phases: ["Plan", "Create", "Set", "Test", "Finish", "Record", "Announce"].map((phase) => ({ name: phase })),
      record: { versionId: expect.any(String), phases: expect.any(Array) },
      next: [`keyturn show ${name}`],
    });
  });

  it("shows each try that failed, and the roll back", async () => {
    const { name } = await secretWith(BROKEN);
    const fault = keyturn.cloud.inject({ match: invokes("set-secret"), kind: "throttle", when: "before", times: 2 });
    const { code, stdout, stderr } = await ran(["rotate", name]);
    fault.lift();
    expect(code).toBe(EXIT.failed);
    expect(stdout).toMatchInlineSnapshot(`
      "✘ shop/orders: rolled back.
        ProbeFailed: A statement of the secret's keyturn:probe tag failed in the database, which let the login in. Run it as the login, and mend the statement or what it asks for; the cause has the database's code.
        The database refused the credential under AWSCURRENT.
        The password under AWSCURRENT was set again in the database, by the user itself.
        AWSCURRENT logs in.
        AWSPENDING was taken off the new version.
        next  keyturn explain ProbeFailed
              keyturn plan shop/orders
              keyturn rotate shop/orders
      "
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "  ✔ Plan       N ms
        ✔ Create     N ms
        ↻ Set        try 1 failed: Lambda.TooManyRequestsException: Rate exceeded
        ↻ Set        try 2 failed: Lambda.TooManyRequestsException: Rate exceeded
        ✔ Set        N ms, 3 tries
        ✘ Test       N ms  ProbeFailed
        ✔ Roll back  N ms
        ✔ Record     N ms
        ✔ Announce   N ms
      "
    `);
  });

  it("says why one was skipped, and what to do", async () => {
    const { name } = await secretWith({ "keyturn:pause": "true" });
    const { code, stdout } = await ran(["rotate", name, "--local"]);
    expect(code).toBe(EXIT.skipped);
    expect(stdout).toMatchInlineSnapshot(`
      "– shop/orders: skipped.
        Paused: The secret's tag keyturn:pause holds its rotations. Take the tag keyturn:pause off to go on.
        next  keyturn unpause shop/orders --local
      "
    `);
  });

  it("only starts it with --detach", async () => {
    const { arn, name } = await secretWith();
    const { code, stdout } = await ran(["rotate", name, "--detach"]);
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "The rotation of shop/orders goes on in the cloud.
        arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:NAME
        next  keyturn show shop/orders
      "
    `);
    await keyturn.cloud.settled();
    expect(await keyturn.records(arn)).toMatchObject([{ outcome: "succeeded" }]);
  });

  it("goes on in the cloud after Ctrl-C, and says so; a second one waits for it", async () => {
    const { arn, name } = await secretWith();
    const goOn = gate();
    const held = keyturn.cloud.inject({
      match: invokes("set-secret"),
      kind: "hold",
      when: "before",
      times: 1,
      until: goOn.opened,
    });
    const ctrlC = new AbortController();
    const first = ran(["rotate", name], { interrupted: ctrlC.signal });
    await held.hit;
    ctrlC.abort();
    const { code, stdout } = await first;
    expect(code).toBe(EXIT.interrupted);
    expect(stdout).toContain("The rotation of shop/orders goes on in the cloud.");
    const waits = entered(keyturn.cloud, "Wait for others");
    const second = ran(["rotate", name]);
    await waits;
    goOn.open();
    expect((await second).stderr).toContain(
      "… Wait       Another execution is at work on the secret: it rotates it, or brings to rest",
    );
    expect((await second).code).toBe(EXIT.done);
    expect((await keyturn.records(arn)).map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
  });

  it.each([
    ["no secret", ["rotate"]],
    ["both one and many", ["rotate", "shop/orders", "--all"]],
    ["all, and some", ["rotate", "--all", "--tag", "a=b"]],
    ["a tag without a value", ["rotate", "--tag", "team"]],
    ["a grace that is none", ["rotate", "shop/orders", "--retire-after", "soon"]],
    ["a flag that there is not", ["rotate", "shop/orders", "--force"]],
  ])("refuses %s", async (_, argv) => {
    const { code, stdout, stderr } = await ran(argv);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(stderr).not.toBe("");
  });

  it("says that there is no such secret", async () => {
    const { code, stderr } = await ran(["rotate", "no/such"]);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatchInlineSnapshot(`
      "✘ There is no such secret here, or no value in it. Which there are: npx keyturn status. Look at the region, too.
      "
    `);
  });
});

describe("keyturn rotate, of many", () => {
  it("shows them, asks, and follows the run to its end", async () => {
    const team = freshName("team");
    const secrets = [
      await secretWith({ team }),
      await secretWith({ team }),
      await secretWith({ team, "keyturn:pause": "true" }),
    ];
    const { code, stdout, stderr } = await ran(["rotate", "--tag", `team=${team}`], {
      typed: [[/Type 2 to go on/, `2${KEYS.enter}`]],
      env: { NO_COLOR: "1" },
    });
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "✔ 2 rotated, 0 skipped, 0 failed
        left out (Paused 1)
        next  keyturn status
      "
    `);
    expect(stderr).toContain("2 secrets, 2 at once:\n  shop/orders\n  shop/orders\nLeft out (Paused 1).\n");
    expect(stderr).toContain("This rotates 2 secrets of the stage dev. Type 2 to go on.");
    const outcomes = await Promise.all(secrets.map(({ arn }) => keyturn.records(arn)));
    expect(outcomes.map(([record]) => record?.outcome)).toEqual(["succeeded", "succeeded", undefined]);
  });

  it.each<[string, Omit<RunOptions, "cloud">, number]>([
    ["somebody types something else", { typed: [[/to go on/, `3${KEYS.enter}`]] }, EXIT.usage],
    ["somebody goes away", { typed: [[/to go on/, KEYS.interrupt]] }, EXIT.interrupted],
    ["nobody can be asked", {}, EXIT.usage],
  ])("does nothing where %s", async (_, options, expected) => {
    const { arn, name } = await secretWith();
    const { code, stdout } = await ran(["rotate", "--prefix", name], options);
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(await keyturn.records(arn)).toEqual([]);
  });

  it("says where there is nothing to rotate", async () => {
    const { code, stdout } = await ran(["rotate", "--schedule", "no-such", "--yes"]);
    expect(code).toBe(EXIT.skipped);
    expect(stdout).toBe("There is nothing to rotate: no secret is selected.\n");
  });

  it("names what failed; retry lists the reasons, and rotates those of one again", async () => {
    const team = freshName("team");
    const [good, bad] = [await secretWith({ team }), await secretWith({ team, ...BROKEN })];
    const first = await ran(["rotate", "--tag", `team=${team}`, "--yes"]);
    expect(first.code).toBe(EXIT.failed);
    expect(first.stdout).toMatchInlineSnapshot(`
      "✘ 1 rotated, 0 skipped, 1 failed (InvalidSecretError 1)
        shop/orders  ProbeFailed: A statement of the secret's keyturn:probe tag failed in the database, which let the login in. Run it as the login, and mend the statement or what it asks for; the cause has the database's code.
        next  keyturn retry --reason ProbeFailed
      "
    `);
    const listed = await ran(["retry", "--json"]);
    expect(listed.code).toBe(EXIT.notWell);
    expect(listed.json()).toMatchObject({
      failing: expect.arrayContaining([
        { reason: "ProbeFailed", count: expect.any(Number), secrets: expect.arrayContaining([bad.name]) },
      ]),
    });
    await keyturn.secrets().send(new UntagResourceCommand({ SecretId: bad.arn, TagKeys: Object.keys(BROKEN) }));
    const again = await ran(["retry", "--reason", "ProbeFailed", "--yes"]);
    expect((await keyturn.records(bad.arn))[0]).toMatchObject({
      outcome: "succeeded",
      requestReason: "retry of ProbeFailed",
    });
    expect(await keyturn.records(good.arn)).toHaveLength(1);
    expect(again.stderr).toContain("at once:");
    const nothing = await ran(["retry", "--reason", "NoSuchReason", "--yes"]);
    expect(nothing.code).toBe(EXIT.skipped);
  });
});

describe("keyturn stop and resume", () => {
  it("stops a secret's rotation, and says what recovery does", async () => {
    const { arn, name } = await secretWith();
    await keyturn.hangIn("set-secret", "before", arn);
    const { code, stdout } = await ran(["stop", name]);
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "■ It was stopped.
        arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:NAME
        A recovery waits 75 seconds for what may still be at work, then brings secret and database to where AWSCURRENT logs in, and records it.
        next  keyturn show shop/orders
      "
    `);
    await keyturn.cloud.settled();
    expect(await keyturn.records(arn)).toMatchObject([{ recoveredBy: expect.any(String) }]);
    expect((await ran(["stop", name])).code).toBe(EXIT.skipped);
  });

  it("stops a schedule's run, and goes on with what is left", async () => {
    const schedule = freshName("weekly");
    const secrets = [
      await secretWith({ "keyturn:schedule": schedule }),
      await secretWith({ "keyturn:schedule": schedule }),
    ];
    const hang = keyturn.cloud.inject({ match: invokes("set-secret"), kind: "hang", when: "before", times: 1 });
    await keyturn.start("RotateFleet", { schedule, scheduledAt: new Date().toISOString(), concurrency: 1 });
    await hang.hit;
    expect((await ran(["resume", schedule, "--yes"])).code).toBe(EXIT.usage);
    const stopped = await ran(["stop", schedule, "--yes"]);
    expect(stopped.code).toBe(EXIT.done);
    expect(stopped.stdout).toContain(`next  keyturn resume ${schedule}`);
    await keyturn.cloud.settled();
    const { code, stdout } = await ran(["resume", schedule, "--yes"]);
    expect(code).toBe(EXIT.done);
    // What was cut off in its middle is not tried again by a schedule at once.
    expect(stdout).toMatchInlineSnapshot(`
      "✔ 1 rotated, 0 skipped, 0 failed
        left out (BackingOff 1)
        next  keyturn retry
              keyturn status
      "
    `);
    const outcomes = await Promise.all(secrets.map(async ({ arn }) => (await keyturn.records(arn))[0]?.outcome));
    expect(outcomes.toSorted()).toEqual(["rolled back", "succeeded"]);
  });

  it.each([
    ["stop", "no/such"],
    ["stop", "arn:aws:states:eu-central-1:000000000000:execution:somebody-elses:x"],
    ["resume", "no-such"],
    ["resume", "arn:aws:states:eu-central-1:000000000000:execution:somebody-elses:x"],
  ])("%s %s does nothing", async (verb, what) => {
    const { code, stdout } = await ran([verb, what, "--yes"]);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
  });
});

describe("keyturn restore", () => {
  it("brings the credential before back, by a rotation", async () => {
    const { arn, name } = await secretWith();
    const first = await keyturn.value(arn);
    await keyturn.rotate(arn);
    expect((await ran(["restore", name])).code).toBe(EXIT.usage);
    const { code, stdout, stderr } = await ran(["restore", name], {
      typed: [[/Type restore to go on/, `restore${KEYS.enter}`]],
      env: { NO_COLOR: "1" },
    });
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "✔ shop/orders has its credential from before again.
        The one before is refused from now on.
        next  keyturn show shop/orders
      "
    `);
    expect(stderr).toContain(
      "This makes the credential before the current one of shop/orders valid and current again.",
    );
    expect(await keyturn.value(arn)).toEqual(first);
    expect(await letsIn(first)).toBe(true);
  });

  it("says why there is nothing to bring back", async () => {
    const { name } = await secretWith();
    const { code, stdout } = await ran(["restore", name, "--yes"]);
    expect(code).toBe(EXIT.failed);
    expect(stdout).toMatchInlineSnapshot(`
      "✘ shop/orders: failed.
        NothingToRestore: No record says that AWSCURRENT took the place of AWSPREVIOUS in a rotation that went well from its beginning, so nobody knows whether AWSPREVIOUS is a credential of this login. Nothing was changed. Rotate the secret to get a new one.
        next  keyturn explain NothingToRestore
              keyturn plan shop/orders
              keyturn rotate shop/orders
      "
    `);
  });

  it("moves AWSCURRENT back from where somebody else put it, and runs dry what is there", async () => {
    const { arn, name } = await secretWith();
    await keyturn.rotate(arn);
    const ours = await keyturn.value(arn);
    const SecretString = JSON.stringify({ ...ours, password: "a-slip-of-somebody" });
    await keyturn.secrets().send(new PutSecretValueCommand({ SecretId: arn, SecretString }));
    const { code, stdout } = await ran(["restore", name, "--yes"]);
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "✔ shop/orders: AWSCURRENT is on the version that Keyturn had made, and it is well.
        next  keyturn rotate shop/orders
      "
    `);
    expect(await keyturn.value(arn)).toEqual(ours);
    expect(await letsIn(ours)).toBe(true);
  });
});

const setInDatabase = ({ username, password }: Login) =>
  asSuperuser((client) =>
    client.query(`ALTER ROLE ${client.escapeIdentifier(username)} PASSWORD ${client.escapeLiteral(password)}`),
  );

describe("keyturn settle", () => {
  /** Somebody gave the user a password that no version holds. */
  async function disagreeing() {
    const login = await createLogin();
    const arn = await keyturn.secretFor(login);
    await setInDatabase({ ...login, password: "somebody-elses-password" });
    await keyturn.rotate(arn);
    return { arn, name: arn.split(":secret:")[1]?.slice(0, -7) ?? "" };
  }

  it("says off a terminal what there is to do", async () => {
    const { name } = await disagreeing();
    const { code, stdout } = await ran(["settle", name]);
    expect(code).toBe(EXIT.needsAttention);
    expect(stdout).toContain("CurrentRejected");
    expect(stdout).toContain("--accepts current");
    expect((await ran(["settle", name, "--json"])).json()).toMatchObject({ record: { outcome: "needs attention" } });
  });

  it("asks which password the database takes, moves AWSCURRENT, and proves it by a rotation", async () => {
    const { arn, name } = await disagreeing();
    await setInDatabase(await keyturn.value(arn, "AWSPENDING"));
    const { code, stderr } = await ran(["settle", name], {
      typed: [[/Which password/, `${KEYS.down}${KEYS.enter}`]],
      env: { NO_COLOR: "1" },
    });
    expect(stderr.split("\u001b")[0]).toMatchInlineSnapshot(`
      "✘ CurrentRejected: The server refuses the credential under AWSCURRENT for the user "app": someone changed it in the database or in the secret. Put the password that is valid into the secret, then start the rotation again.
        The database refused the credential under AWSCURRENT.
        It refuses the one under AWSPENDING too: someone else changed the password.
        Nothing more was changed, and both versions are kept, under KEYTURN_KEPT_CURRENT and KEYTURN_KEPT_PENDING.
      Try which password the database takes, with what these print:
        aws secretsmanager get-secret-value --secret-id=arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders --version-id=VERSION --query SecretString --output text
        aws secretsmanager get-secret-value --secret-id=arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders --version-id=VERSION --query SecretString --output text
      "
    `);
    expect(stderr).toContain("A rotation proves it.");
    expect(code).toBe(EXIT.done);
    expect(await letsIn(await keyturn.value(arn))).toBe(true);
    expect((await ran(["settle", name])).code).toBe(EXIT.skipped);
  });

  it("does as it is told by --accepts; where that is not so, nothing is lost", async () => {
    const { arn, name } = await disagreeing();
    expect((await ran(["settle", name, "--accepts", "current"])).code).toBe(EXIT.needsAttention);
    await setInDatabase(await keyturn.value(arn));
    expect((await ran(["settle", name, "--accepts", "neither"])).code).toBe(EXIT.done);
    expect(await letsIn(await keyturn.value(arn))).toBe(true);
  });
});
