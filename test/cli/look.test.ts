import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateSecretCommand, DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { marshall } from "@aws-sdk/util-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { ledger } from "../../src/aws/ledger.js";
import { EXIT } from "../../src/cli/exit.js";
import type { AuditRecord } from "../../src/rotation/ledger.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";
import { type RunOptions, run } from "./run.js";

/** Long after whatever the cloud's own clock says of the secrets that are stored here. */
const NOW = new Date("2031-03-15T12:00:00Z");
const DAY_MS = 86_400_000;

const keyturn = useCloud({
  settings: `
schedules:
  nightly: { expression: cron(0 2 * * ? *), timezone: Europe/Berlin, flexibleWindowMinutes: 30, dueAfterDays: 30 }
  weekly: { expression: cron(0 3 ? * SUN *), dueAfterDays: 30, blackouts: [{ hours: "08:00-18:00", days: [mon, tue] }], secrets: { namePrefix: [shop/] } }
  followers: { after: nightly, dueAfterDays: 60 }
  byhand: { manual: true, dueAfterDays: 90 }
consumers:
  orders-api: { for: [shop/], ecs: { service: "arn:aws:ecs:eu-central-1:000000000000:service/shop/orders-api" } }
`,
});

const arns = new Map<string, string>();

beforeAll(async () => {
  await stored("shop/orders", { "keyturn:schedule": "nightly", "keyturn:consumers": "orders-api" }, { ago: 12 });
  await stored("shop/stock", { "keyturn:schedule": "nightly" }, { ago: 31 });
  await stored("shop/late", { "keyturn:schedule": "followers" }, { ago: 90 });
  await stored("shop/paused", { "keyturn:schedule": "byhand", "keyturn:pause": "2031-04-01" }, { ago: 3 });
  await stored("shop/stray", { "keyturn:schedule": "nigthly" }, { ago: 3 });
  const failed = { lastReason: "LoginRefused", lastMessage: "The server refuses the login.\u001b[31m", attempts: 3 };
  await stored(
    "shop/broken",
    { "keyturn:schedule": "nightly" },
    { ago: 12, ended: 1, outcome: "rolled back", ...failed },
  );
  await stored(
    "shop/torn",
    { "keyturn:schedule": "weekly" },
    { ago: 40, ended: 2, outcome: "needs attention", attempts: 1 },
  );
  const holder = { heldBy: "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:gone" };
  await stored("shop/held", { "keyturn:schedule": "nightly" }, { ago: 31, ...holder, heldSince: iso(0) });
  await stored("shop/others", { "keyturn:schedule": "nightly", "keyturn:stage": "prod" }, { ago: 400 });
});

const iso = (daysAgo: number) => new Date(NOW.getTime() - daysAgo * DAY_MS).toISOString();
const execution = (name: string) =>
  `arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:${name}`;

/** A secret, and what the ledger would remember of it. */
async function stored(
  name: string,
  tags: Record<string, string>,
  {
    ago,
    ended = ago,
    outcome = "succeeded",
    ...more
  }: { ago: number; ended?: number; outcome?: string } & Record<string, unknown>,
): Promise<void> {
  const Tags = Object.entries({ "keyturn:stage": "dev", ...tags }).map(([Key, Value]) => ({ Key, Value }));
  const { ARN = "" } = await keyturn.secrets().send(new CreateSecretCommand({ Name: name, SecretString: "{}", Tags }));
  arns.set(name, ARN);
  const Item = marshall({
    ...{ pk: `secret#${ARN}`, sk: "state", lastExecution: execution("last"), outcome, endedAt: iso(ended) },
    ...{ rotatedAt: iso(ago), begunAt: iso(ago), lastEngine: "postgres", lastStrategy: "single-user", ...more },
  });
  const TableName = keyturn.cloud.resource("Table").ref;
  await new DynamoDBClient(keyturn.cloud.clientConfig).send(new PutItemCommand({ TableName, Item }));
}

/** With what differs from run to run made the same. */
async function ran(line: string, options: Omit<RunOptions, "cloud"> = {}) {
  const found = await run(line.split(" "), { cloud: keyturn.cloud, clock: () => NOW, ...options });
  const same = (text: string) =>
    text
      .replace(/(secret:shop\/\w+)-[A-Za-z0-9]{6}/g, "$1-AbCdEf")
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "VERSION")
      .replace(/(last read\s+)\d{4}-\d\d-\d\d/, "$1TODAY");
  return { ...found, stdout: same(found.stdout) };
}

describe("keyturn status", () => {
  it("shows all, the worst first, and says what is not well by its exit code where it is asked to", async () => {
    const { code, stdout, stderr } = await ran("status");
    expect(stdout).toMatchInlineSnapshot(`
      "STATE            SECRET       SCHEDULE   ENGINE    STRATEGY     ROTATED   NEXT     WHY
      needs attention  shop/torn    weekly     postgres  single-user  40 d ago  in 15 h  overdue, NeedsAttention: Its last rotation needs a person.
      failing          shop/broken  nightly    postgres  single-user  12 d ago  in 19 d  LoginRefused ×3: The server refuses the login. [31m
      overdue          shop/late    followers  postgres  single-user  90 d ago  in 13 h  NotTried: Nothing has tried it since it was due.
      running          shop/held    nightly    postgres  single-user  31 d ago  in 13 h  AlreadyRotating: Another execution is rotating the secret now.
      due              shop/stock   nightly    postgres  single-user  31 d ago  in 13 h
      paused           shop/paused  byhand     postgres  single-user  3 d ago   –        Paused: The secret's tag keyturn:pause holds its rotations. It is so until 2031-04-01T00:00:00.000Z.
      ok               shop/orders  nightly    postgres  single-user  12 d ago  in 19 d
      ok               shop/stray   nigthly    postgres  single-user  3 d ago   –        NoClock: No clock starts its schedule: a person does, or it is turned off, or keyturn.yml does not have it.

      8 secrets: 1 needs attention, 1 failing, 1 overdue, 1 running, 1 due, 1 paused, 2 ok (1 of them overdue)
      "
    `);
    expect({ code, stderr }).toEqual({ code: EXIT.done, stderr: "" });
    expect((await ran("status --check")).code).toBe(EXIT.notWell);
  });

  it("fits a terminal, with what to type next", async () => {
    const { stdout, stderr } = await ran("status", { terminal: true, columns: 100, env: { NO_COLOR: "1" } });
    expect(stdout).toMatchInlineSnapshot(`
      "STATE            SECRET       ROTATED   NEXT     WHY
      needs attention  shop/torn    40 d ago  in 15 h  overdue, NeedsAttention: Its last rotation needs a…
      failing          shop/broken  12 d ago  in 19 d  LoginRefused ×3: The server refuses the login. [31m
      overdue          shop/late    90 d ago  in 13 h  NotTried: Nothing has tried it since it was due.
      running          shop/held    31 d ago  in 13 h  AlreadyRotating: Another execution is rotating the…
      due              shop/stock   31 d ago  in 13 h
      paused           shop/paused  3 d ago   –        Paused: The secret's tag keyturn:pause holds its r…
      ok               shop/orders  12 d ago  in 19 d
      ok               shop/stray   3 d ago   –        NoClock: No clock starts its schedule: a person do…

      8 secrets: 1 needs attention, 1 failing, 1 overdue, 1 running, 1 due, 1 paused, 2 ok (1 of them overdue)
        next  keyturn settle shop/torn
              keyturn history shop/torn
      "
    `);
    const [table = ""] = stdout.split("\n\n");
    for (const line of table.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    // What goes on is taken away again.
    expect(stderr.endsWith("8 secrets …\r\u001b[K")).toBe(true);
  });

  it("is coloured on a terminal", async () =>
    expect((await ran("status", { terminal: true })).stdout).toContain("\u001b[31mneeds attention\u001b[39m"));

  it("is one document with --json", async () => {
    const { json } = await ran("status --json --state failing");
    expect(json()).toEqual({
      stage: "dev",
      at: NOW.toISOString(),
      well: false,
      counts: expect.objectContaining({ failing: 1, ok: 0 }),
      secrets: [
        {
          name: "shop/broken",
          arn: arns.get("shop/broken"),
          schedule: "nightly",
          engine: "postgres",
          strategy: "single-user",
          state: "failing",
          reason: "LoginRefused",
          message: "The server refuses the login.\u001b[31m",
          lastRotatedAt: iso(12),
          since: iso(12),
          dueAt: iso(-18),
          nextRunAt: "2031-04-03T00:00:00.000Z",
          overdueAt: iso(-20),
          failure: {
            outcome: "rolled back",
            code: "LoginRefused",
            message: "The server refuses the login.\u001b[31m",
            at: iso(1),
            times: 3,
            execution: execution("last"),
          },
        },
      ],
    });
  });

  it("narrows to a schedule, and is well where that is", async () => {
    const { code, stdout } = await ran("status --check --schedule byhand");
    expect({ code, stdout }).toEqual({ code: EXIT.done, stdout: expect.stringContaining("1 secret: 1 paused") });
  });

  it.each([
    ["status --state fine", "Allowed choices are needs-attention"],
    ["status --shedule nightly", "Did you mean --schedule?"],
  ])("refuses %s", async (line, said) => {
    const { code, stdout, stderr } = await ran(line);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(stderr).toContain(said);
  });
});

describe("keyturn show", () => {
  it("shows what is known of one, and what to do", async () => {
    const { code, stdout } = await ran("show shop/broken");
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "shop/broken  failing
        LoginRefused: The server refuses the login. [31m

        engine    postgres
        strategy  single-user
        schedule  nightly, cron(0 2 * * ? *) Europe/Berlin, after 30 days
        age       12 of 30 days  ████████············
        rotated   2031-03-03 12:00Z, 12 d ago
        due       2031-04-02 12:00Z, in 18 d
        next run  2031-04-03 00:00Z, in 19 d
        failed    rolled back (LoginRefused) 2031-03-14 12:00Z, 24 h ago, 3 times in a row
        arn       arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/broken-AbCdEf
        key       aws/secretsmanager, the account's own
        versions  AWSCURRENT VERSION
        tags      keyturn:schedule=nightly
                  keyturn:stage=dev

        next  keyturn explain LoginRefused
              keyturn plan shop/broken
              keyturn rotate shop/broken
              keyturn history shop/broken
      "
    `);
  });

  it.each([
    ["shop/none", EXIT.usage, "There is no such secret"],
    ["shop/others", EXIT.error, "not in the hands of keyturn-dev"],
  ])("says of %s what is wrong", async (name, exit, said) => {
    const { code, stdout, stderr } = await ran(`show ${name}`);
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr).toContain(said);
  });
});

describe("keyturn history", () => {
  beforeAll(async () => {
    const secretArn = arns.get("shop/orders") ?? "";
    const told = { secretArn, secretName: "shop/orders" };
    const book = ledger(new DynamoDBClient(keyturn.cloud.clientConfig), keyturn.cloud.resource("Table").ref);
    const rotation = (name: string, ago: number, more: Partial<AuditRecord>) =>
      book.record({
        ...{ ...told, executionArn: execution(name), trigger: "schedule", schedule: "nightly", outcome: "succeeded" },
        ...{ reason: "Due", message: "It is due.", engine: "postgres", strategy: "dual-password" },
        ...{ startedAt: iso(ago), endedAt: new Date(NOW.getTime() - ago * DAY_MS + 4_200).toISOString() },
        phases: [
          { name: "create", ms: 320, attempts: 1 },
          { name: "set", ms: 2_400, attempts: 3 },
        ],
        ...more,
      });
    await rotation("one", 40, {
      outcome: "rolled back",
      reason: "LoginRefused",
      message: "It is refused.",
      facts: ["AWSCURRENT logs in."],
    });
    await rotation("two", 39, {});
    await rotation("three", 12, { trigger: "manual", requestedBy: "ada\u202e", requestReason: "leaked" });
    await book.recordChange({ ...told, versionId: "b", previousVersionId: "a", changedAt: iso(20) });
    await book.recordRetirement({
      ...{ ...told, executionArn: execution("retire"), outcome: "retired", reason: "Retired", message: "It is." },
      ...{ username: "orders", sessions: 2, startedAt: iso(38), endedAt: iso(38) },
    });
    const { refreshLedger } = await import("../../src/aws/refreshes.js");
    const refreshes = refreshLedger(
      new DynamoDBClient(keyturn.cloud.clientConfig),
      keyturn.cloud.resource("Table").ref,
    );
    const refresh = (name: string, of: string, ago: number) =>
      refreshes.recordRefresh({
        ...{ consumer: "orders-api", kind: "ecs", executionArn: execution(name), secretArn: of, outcome: "refreshed" },
        ...{ reason: "Refreshed", message: "It is.", startedAt: iso(ago), endedAt: iso(ago) },
      });
    await refresh("its-own", secretArn, 38.9);
    await refresh("first-after", "another", 11.9);
    await refresh("not-its", "another", 5);
  });

  it("is a timeline of all that happened, the newest first", async () => {
    const { code, stdout } = await ran("history shop/orders");
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "2031-03-03 14:24Z  ✔ consumer orders-api (ecs) took it up
      2031-03-03 12:00Z  ✔ rotated, by schedule nightly  4.2 s: create 320 ms · set 2.4 s, 3 tries
                           asked because: leaked
      2031-02-23 12:00Z  ! AWSCURRENT was moved by somebody else
                           from version a
                           to   version b
      2031-02-05 12:00Z  ✔ old credential of orders retired
                           2 of its sessions were open, and left alone.
      2031-02-04 14:24Z  ✔ consumer orders-api (ecs) took it up
      2031-02-04 12:00Z  ✔ rotated, by schedule nightly  4.2 s: create 320 ms · set 2.4 s, 3 tries
      2031-02-03 12:00Z  ✘ failed, and was rolled back, by schedule nightly  4.2 s: create 320 ms · set 2.4 s, 3 tries
                           LoginRefused: It is refused.
                           AWSCURRENT logs in.
      "
    `);
  });

  it("goes page by page, each thing once", async () => {
    const all = (await ran("history shop/orders --json")).json<{ history: object[] }>().history;
    const paged: object[] = [];
    let before = "";
    for (let pages = 0; pages < 10; pages += 1) {
      const page = (await ran(`history shop/orders --limit 2 --json${before}`)).json<{
        history: object[];
        next?: string;
      }>();
      paged.push(...page.history);
      if (!page.next) break;
      before = ` --before ${page.next}`;
    }
    expect(paged).toEqual(all);
  });

  it("says where there is nothing", async () =>
    expect((await ran("history shop/stock")).stdout).toBe("Nothing is on record of shop/stock yet.\n"));
});

describe("keyturn schedules", () => {
  it("shows what is deployed, when it runs next, and how many secrets there are", async () => {
    const { code, stdout } = await ran("schedules");
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatchInlineSnapshot(`
      "byhand  1 secret
        starts  by hand
        due     after 90 days

      followers  1 secret
        starts  when nightly has ended
        due     after 60 days
        pace    10 at a time
        next    Sun 2031-03-16 02:00 Europe/Berlin  in 13 h, once nightly has ended
                Mon 2031-03-17 02:00
                Tue 2031-03-18 02:00
                Wed 2031-03-19 02:00
                Thu 2031-03-20 02:00

      nightly  4 secrets
        starts  cron(0 2 * * ? *), within 30 minutes
        due     after 30 days
        pace    10 at a time
        next    Sun 2031-03-16 02:00 Europe/Berlin  in 13 h
                Mon 2031-03-17 02:00
                Tue 2031-03-18 02:00
                Wed 2031-03-19 02:00
                Thu 2031-03-20 02:00

      weekly  1 secret
        starts     cron(0 3 ? * SUN *)
        due        after 30 days
        selects    of those tagged with it only names that begin with shop/
        pace       10 at a time
        blackouts  08:00-18:00 mon tue
        next       Sun 2031-03-16 03:00 Etc/UTC  in 15 h
                   Sun 2031-03-23 03:00
                   Sun 2031-03-30 03:00
                   Sun 2031-04-06 03:00
                   Sun 2031-04-13 03:00

      nigthly  1 secret, started by no clock: by hand, or keyturn.yml does not have it
      "
    `);
  });

  it("has Keyturn's own, too, where it is asked for them", async () => {
    const { stdout } = await ran("schedules --all");
    for (const name of ["doctor", "overdue", "recovery"]) expect(stdout).toContain(`\n${name}\n`);
  });
});

describe("keyturn plan and keyturn doctor", () => {
  it("run dry what would work and what would not, and say so by their exit code", async () => {
    const arn = await keyturn.secretFor(await createLogin());
    const { code, stdout } = await ran(`plan ${arn}`, { clock: () => new Date() });
    expect(code).toBe(EXIT.done);
    expect(stdout).toContain("a rotation would work");
    expect(stdout).toMatch(/✔ test +Login +The server .* lets AWSCURRENT in\./);

    const broken = await ran("plan shop/broken");
    expect(broken.code).toBe(EXIT.notWell);
    expect(broken.stdout).toMatchInlineSnapshot(`
      "shop/broken  a rotation would fail, by 1 of 1 checks

        ✘ plan  Plan  MissingKey: The secret shop/broken (AWSCURRENT) has no "engine". A database secret needs engine, host, username and password.

        next  keyturn explain MissingKey
      "
    `);

    const found = await ran("doctor --schedule nightly");
    expect(found.code).toBe(EXIT.notWell);
    expect(found.stdout).toMatchInlineSnapshot(`
      "5 secrets: 1 would rotate, 4 would fail

      ✘ MissingKey × 4: The secret shop/broken (AWSCURRENT) has no "engine". A database secret needs engine, host, username and password.
        Put the key that the message names into the secret.
        shop/broken, shop/held, shop/orders, shop/stock

        next  keyturn plan shop/broken
      "
    `);
    const { json } = await ran("doctor --schedule byhand --json");
    expect(json()).toMatchObject({ checked: 1, ok: 0, failed: 1, byCode: [{ secrets: ["shop/paused"] }] });
  });
});

describe("keyturn pause", () => {
  const tags = async () => {
    const { Tags = [] } = await keyturn.secrets().send(new DescribeSecretCommand({ SecretId: "shop/stock" }));
    return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
  };

  it("holds a secret's rotations until keyturn unpause, or a time", async () => {
    const good = await ran("pause shop/stock");
    expect(good).toMatchObject({ code: EXIT.done, stdout: expect.stringContaining("shop/stock is paused for good.") });
    expect(await tags()).toMatchObject({ "keyturn:pause": "true" });
    const until = await ran("pause shop/stock --until 2031-03-20T08:00:00Z");
    expect(until.stdout).toContain("shop/stock is paused until 2031-03-20 08:00Z, in 5 d.");
    expect(await tags()).toMatchObject({ "keyturn:pause": "2031-03-20T08:00:00Z" });
    expect((await ran("unpause shop/stock --json")).json()).toMatchObject({
      name: "shop/stock",
      paused: false,
      was: true,
    });
    expect(await tags()).not.toHaveProperty("keyturn:pause");
  });

  it.each([
    ["pause shop/stock --until tomorrow", "--until must be a date", EXIT.usage],
    ["pause shop/stock --until 2031-03-01", "is over", EXIT.usage],
    ["pause shop/others", "not in the hands of keyturn-dev", EXIT.error],
  ])("refuses %s, and changes nothing", async (line, said, exit) => {
    const { code, stderr } = await ran(line);
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(said) });
    expect(await tags()).not.toHaveProperty("keyturn:pause");
  });
});

describe("keyturn policy and keyturn completion", () => {
  it("print what lets one application read the one secret", async () => {
    const { code, json } = await ran("policy shop/orders --json");
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ Statement: [{ Resource: arns.get("shop/orders") }] });
    expect((await ran("policy shop/orders --principal-arn everybody")).code).toBe(EXIT.usage);
  });

  it("offer the names of managed secrets that begin so", async () =>
    expect((await ran("completion --secrets shop/st")).stdout.split("\n").sort()).toEqual([
      "",
      "shop/stock",
      "shop/stray",
    ]));
});

// It stores one more secret, which the others would count.
describe("keyturn show, last", () => {
  it("says of a rotation that is under way how far it is", async () => {
    const arn = await keyturn.secretFor(await createLogin());
    const under = await keyturn.hangIn("set-secret", "before", arn);
    const { json } = await ran(`show ${arn} --json`, { clock: () => new Date() });
    const state = { state: "running", reason: "AlreadyRotating", message: "Set.", execution: under };
    expect(json()).toMatchObject(state);
    await keyturn.stop(under);
  });
});

describe("a schedule with a slip in its name", () => {
  it.each(["status --check --schedule nightyl", "doctor --schedule nightyl"])("is told by %s", async (line) => {
    const { code, stdout, stderr } = await ran(line);
    expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
    expect(stderr).toContain("keyturn schedules");
  });
});
