import { ReplicateSecretToRegionsCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, inject, it } from "vitest";
import { accountTemplate } from "../../infra/roles.js";
import { UNSEEN_RIGHTS } from "../../stage/permissions/exceptions.js";
import { reportOn } from "../../stage/permissions/report.js";
import { rolesAmong } from "../../stage/permissions/roles.js";
import { run } from "../cli/run.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";
import { until } from "../tools/until.js";

const THERE = "111122223333";
/** Its owner has deployed nothing. */
const SILENT = "444455556666";

const keyturn = useCloud({
  settings: JSON.stringify({ accounts: [SILENT, THERE] }),
  retireAfterMinutes: { retiring: 0 },
  without: [SILENT],
  refuses: ["PlanRole", "RecordRole", "ListDueRole"].map((role) => `${role} sts:AssumeRole`),
});

const there = { account: THERE };

async function secretThere(tags: Readonly<Record<string, string>> = {}) {
  const login = await createLogin();
  return { login, secret: await keyturn.secretFor(login, {}, tags, there) };
}

async function pairThere(tags: Readonly<Record<string, string>> = {}) {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username), there);
  return { login, secret: await keyturn.secretFor(login, { masterarn }, tags, there) };
}

const sessions = () => keyturn.cloud.calls().filter(({ service }) => service === "sts");

describe("a secret of another account", () => {
  it("is rotated by the roles there, and the new password logs in", async () => {
    const { login, secret } = await secretThere();
    expect(await keyturn.rotate(secret)).toMatchObject({ status: "SUCCEEDED", output: { outcome: "succeeded" } });
    const now = await keyturn.value(secret);
    expect([await letsIn(now), await letsIn(login)]).toEqual([true, false]);
    const [record] = await keyturn.records(secret);
    expect(record).toMatchObject({ secretArn: secret, outcome: "succeeded" });
    expect(record?.secretName).toMatch(/^111122223333:test\//);
  });

  it("is rotated by the command, by its ARN", async () => {
    const { login, secret } = await secretThere();
    const { code, stdout } = await run(["rotate", secret], { cloud: keyturn.cloud });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("has a new credential") });
    expect(await letsIn(login)).toBe(false);
    for (const command of ["history", "show"])
      expect((await run([command, secret], { cloud: keyturn.cloud })).stdout).toMatch(/succeeded|rotated/);
  });

  it("takes no role on as long as the one before is good, and one of the deployment's own never", async () => {
    const { secret } = await secretThere();
    await keyturn.rotate(secret);
    const before = sessions().length;
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
    expect((await keyturn.rotate(await keyturn.secretFor(await createLogin()))).output).toMatchObject({
      outcome: "succeeded",
    });
    expect(sessions().length).toBe(before);
    expect(sessions()[0]).toMatchObject({
      caller: "arn:aws:sts::000000000000:assumed-role/keyturn-dev-plan-eu-central-1/keyturn-dev-plan",
      resource: "arn:aws:iam::111122223333:role/keyturn-dev-plan-eu-central-1",
    });
  });

  it("is rotated between two users by an admin of its account, and the old one is retired", async () => {
    const { login, secret } = await pairThere({ "keyturn:schedule": "retiring" });
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
    const now = await keyturn.value(secret);
    expect(now.username).not.toBe(login.username);
    expect([await letsIn(now), await letsIn(login)]).toEqual([true, false]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired" }]);
  });

  it("is rotated by an admin that AWS manages there, whose server is looked up there", async () => {
    const login = await createLogin();
    const { username, password } = await createAdmin(login.username);
    const { host, port } = inject("postgres");
    const name = "shop";
    const arnIn = (account: string) => `arn:aws:rds:eu-central-1:${account}:db:${name}`;
    keyturn.cloud.servers.push(
      { arn: arnIn(THERE), engine: "postgres", host, port },
      { arn: arnIn("000000000000"), engine: "postgres", host: "of-the-deployment", port },
    );
    const tags = { "keyturn:admin": "test/", "aws:rds:primaryDBInstanceArn": arnIn(THERE) };
    const masterarn = await keyturn.storeSecret({ username, password }, tags, "rds!", there);
    const secret = await keyturn.secretFor(login, { masterarn }, {}, there);
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(keyturn.cloud.calls().find(({ service }) => service === "rds")).toMatchObject({
      caller: `arn:aws:sts::${THERE}:assumed-role/keyturn-dev-set-secret-eu-central-1/keyturn-dev-set-secret`,
    });
  });

  it("is run dry", async () => {
    const { secret } = await pairThere();
    expect((await keyturn.check(secret)).output).toMatchObject({ ok: true });
  });

  it("waits for its replicas", async () => {
    const { secret } = await secretThere();
    const AddReplicaRegions = [{ Region: "us-east-1" }];
    await keyturn.secrets(THERE).send(new ReplicateSecretToRegionsCommand({ SecretId: secret, AddReplicaRegions }));
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
  });

  it("is rolled back, where the new credential does not do", async () => {
    const { login, secret } = await secretThere({ "keyturn:probe": "select no_such_column" });
    expect((await keyturn.rotate(secret)).status).toBe("FAILED");
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back" }]);
    expect(await letsIn(login)).toBe(true);
    // Called with its account, so that nobody takes it for one of the deployment's; a command takes its ARN.
    const told = (await keyturn.cloud.messages()).find(({ message }) => message.includes(secret));
    expect(told?.subject).toMatch(/111122223333:test\//);
    expect(told?.message).toContain(`npx keyturn rotate ${secret}`);
  });

  it.each(["set-secret", "finish-secret"])(
    "is brought to rest, where %s was the last that its rotation did",
    async (phase) => {
      const { secret } = phase === "set-secret" ? await pairThere() : await secretThere();
      const executionArn = await keyturn.hangIn(phase, "after", secret);
      await keyturn.stop(executionArn);
      expect(await keyturn.records(secret)).toMatchObject([{ executionArn, outcome: "rolled forward" }]);
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
    },
  );

  it("is brought to rest by a function that dies in the other account", async () => {
    const { secret } = await secretThere();
    const dies = keyturn.cloud.inject({
      match: ({ caller, operation }) =>
        caller.includes(`:${THERE}:`) && caller.endsWith("finish-secret") && operation === "UpdateSecretVersionStage",
      kind: "kill",
      when: "after",
      times: 1,
    });
    await keyturn.rotate(secret);
    expect(dies.struck()).toBe(1);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded" }]);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("is refused by a sentence that says what to do, where its owner has deployed no roles", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, {}, { account: SILENT });
    expect(await keyturn.rotate(secret)).toMatchObject({
      status: "FAILED",
      error: "AccessDeniedError",
      cause: expect.stringMatching(
        /^AccountUnreachable: Taking on the role arn:aws:iam::444455556666:role\/keyturn-dev-plan-eu-central-1: .*account-template/,
      ),
    });
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "failed", reason: "AccountUnreachable" }]);
  });
});

describe("a schedule", () => {
  async function runFleet(input: object) {
    const executionArn = await keyturn.start(
      "RotateFleet",
      "selection" in input ? input : { scheduledAt: new Date().toISOString(), ...input },
    );
    await keyturn.cloud.settled();
    const { status, output = "{}" } = await keyturn.sfn().send(new DescribeExecutionCommand({ executionArn }));
    return { status, summary: JSON.parse(output) };
  }

  it("has the secrets of every account, and one that cannot be reached stops no other", async () => {
    const tags = { "keyturn:schedule": "all" };
    const own = await keyturn.secretFor(await createLogin(), {}, tags);
    const { secret } = await secretThere(tags);
    const silent = await keyturn.secretFor(await createLogin(), {}, tags, { account: SILENT });
    const { status, summary } = await runFleet({ schedule: "all" });
    expect({ status, summary }).toMatchObject({
      status: "SUCCEEDED",
      summary: {
        rotated: 2,
        failed: 1,
        byReason: { "AccountUnreachable:444455556666": 1 },
        leftOut: {},
        summary: "Schedule all: 2 rotated, 0 skipped, 1 failed (AccountUnreachable:444455556666 1).",
      },
    });
    for (const one of [own, secret]) expect(await letsIn(await keyturn.value(one))).toBe(true);
    expect(await keyturn.records(silent)).toEqual([]);
    await until(() => keyturn.cloud.log("keyturn-dev-list-due").includes('"account":"444455556666"'));
    const told = (await keyturn.cloud.messages()).find(({ subject }) => subject.includes("of the schedule all"));
    expect(told?.subject).toBe("Keyturn: 1 of 3 rotations of the schedule all failed");
    expect(told?.message).toContain("the account 444455556666: AccountUnreachable: ");
  });

  it("is not what a person asks for by a selection: that has secrets of the deployment's account", async () => {
    const tags = { "keyturn:schedule": "asked", team: "asked" };
    const own = await keyturn.secretFor(await createLogin(), {}, tags);
    const { secret } = await secretThere(tags);
    expect((await runFleet({ selection: { tags: { team: "asked" }, namePrefix: ["test/"] } })).summary).toMatchObject({
      rotated: 1,
      failed: 0,
    });
    expect((await runFleet({ selection: { list: [own, secret] } })).summary).toMatchObject({ rotated: 2 });
  });

  it("goes on in the account where a wave ended", async () => {
    const tags = { "keyturn:schedule": "waves" };
    const all = [
      await keyturn.secretFor(await createLogin(), {}, tags),
      (await secretThere(tags)).secret,
      (await secretThere(tags)).secret,
    ];
    expect((await runFleet({ schedule: "waves", toleratedFailurePercent: 100 })).summary).toMatchObject({
      rotated: 3,
      failed: 1,
    });
    for (const secret of all) expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded" }]);
  });

  it("names secrets of its own account by their names, and of others by their ARNs", async () => {
    const tags = { "keyturn:schedule": "listed" };
    const name = "test/listed";
    const own = await keyturn.secretFor(await createLogin(), {}, tags, { name });
    const other = await keyturn.secretFor(await createLogin(), {}, tags, { ...there, name });
    expect((await runFleet({ schedule: "listed", list: [name] })).summary).toMatchObject({ rotated: 1 });
    expect([await keyturn.records(own), await keyturn.records(other)].map(({ length }) => length)).toEqual([1, 0]);
    expect((await runFleet({ schedule: "listed", list: [other] })).summary).toMatchObject({ rotated: 1 });
    expect(await keyturn.records(other)).toHaveLength(1);
  });

  it("that looks after what was left does so in the other account", async () => {
    const { secret } = await secretThere();
    const lost = keyturn.cloud.inject({
      match: ({ operation, caller }) => operation === "StartExecution" && caller.includes("RuleRole"),
      kind: "deny",
      when: "before",
    });
    const executionArn = await keyturn.hangIn("test-secret", "before", secret);
    await keyturn.stop(executionArn);
    lost.lift();
    keyturn.cloud.fireSchedule("recovery");
    await keyturn.cloud.settled();
    expect(await keyturn.records(secret)).toMatchObject([{ executionArn, outcome: "rolled forward" }]);
  });
});

/** As in the deployment's own account, where other tests show them: other engines, other kinds of servers. */
const ELSEWHERE = [
  ...UNSEEN_RIGHTS,
  { roles: ["RollBackRole"], actions: ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"] },
  {
    roles: ["SetSecretRole"],
    actions: [
      "rds:DescribeDBClusters",
      "redshift:DescribeClusters",
      "redshift-serverless:ListNamespaces",
      "redshift-serverless:ListWorkgroups",
    ],
  },
];

it("has roles in the other account that were needed, no more and no less", async () => {
  // What failed before it was planned is recorded by its ARN.
  const secret = await keyturn.storeSecret("not JSON", { "keyturn:schedule": "nightly" }, "test/", there);
  expect((await keyturn.rotate(secret)).status).toBe("FAILED");
  expect(await keyturn.records(secret)).toMatchObject([{ outcome: "failed" }]);
  const { Resources } = accountTemplate({ account: "000000000000", stage: "dev" });
  const { unused, refused } = reportOn(rolesAmong(Resources), keyturn.permissionsElsewhere(), ELSEWHERE);
  expect({ unused, refused }).toEqual({ unused: [], refused: [] });
});
