import { describe, expect, it } from "vitest";
import { parseSecret } from "../../src/secrets/format.js";
import { mistakeIn, mistakesIn } from "../../src/storing/checks.js";
import { contentOf, draftOf } from "../../src/storing/content.js";
import type { Draft, Offered } from "../../src/storing/draft.js";
import { questions } from "../../src/storing/questions.js";
import { requestsFor } from "../../src/storing/requests.js";
import { reviewOf } from "../../src/storing/review.js";
import { TYPES, typeOfEngine } from "../../src/storing/types.js";

const OFFERED: Offered = { stage: "dev", region: "eu-central-1", schedules: ["nightly", "weekly"] };
const ADMIN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/admin-AbCdEf";
const KEY = "alias/shop";
const PASSWORD = "hunter2-of-orders";

const DATABASE: Draft = {
  ...{ type: "postgres", host: "db.example.com", username: "orders", password: PASSWORD },
  ...{ name: "shop/orders", schedule: "nightly" },
};

const keysFor = (draft: Draft) => questions(draft, OFFERED).map(({ key }) => key);

describe("what is asked", () => {
  it("is the type first, and what any secret has", () =>
    expect(keysFor({})).toEqual(["type", "name", "description", "tags", "kmsKey", "accounts", "regions"]));

  it("goes by the type: of what is no database, only what it holds", () =>
    expect(keysFor({ type: "other" })).toEqual([
      ...["type", "fields", "name", "description", "tags", "kmsKey", "accounts", "regions"],
    ]));

  it("goes on to rotation for a database", () => {
    const before = ["type", "host", "port", "database", "username", "password", "tls", "name", "description", "tags"];
    const all = [...before, "kmsKey", "accounts", "regions", "schedule"];
    expect(keysFor({ type: "mysql" })).toEqual([...all, "adminFor"]);
    expect(keysFor({ type: "mysql", schedule: "nightly" })).toEqual([...all, "strategy"]);
    expect(keysFor({ type: "mysql", schedule: "nightly", strategy: "alternating-users" })).toEqual([
      ...[...all, "strategy", "admin"],
    ]);
  });

  it("offers two valid passwords where the engine has them", () => {
    const strategies = (type: string) =>
      questions({ type, schedule: "nightly" }, OFFERED)
        .find(({ key }) => key === "strategy")
        ?.options?.map(({ value }) => value);
    expect(strategies("postgres")).toEqual(["single-user", "alternating-users"]);
    expect(strategies("aurora-mysql")).toEqual(["single-user", "dual-password", "alternating-users"]);
  });

  it("has lists to choose from where there are any", () => {
    const offered = { ...OFFERED, keys: [{ value: KEY, label: KEY }], admins: [{ value: ADMIN, label: "shop/admin" }] };
    const chosen = questions({ ...DATABASE, strategy: "alternating-users" }, offered);
    const options = (key: string) => chosen.find((one) => one.key === key)?.options?.map(({ value }) => value);
    expect(options("kmsKey")).toEqual(["", KEY]);
    expect(options("admin")).toEqual([ADMIN]);
  });
});

describe("what is wrong", () => {
  it("is nothing, for every kind", () => {
    const wrong = TYPES.map(({ name, engine }) =>
      engine
        ? mistakesIn({ ...DATABASE, type: name, admin: ADMIN }, OFFERED)
        : mistakesIn({ type: name, name: "a", fields: { token: "t" } }, OFFERED),
    );
    expect(wrong.flat()).toEqual([]);
  });

  it.each<[Draft, string, RegExp]>([
    [{}, "type", /kind of secret/],
    [{ type: "sybase" }, "type", /"sybase" is none of postgres, /],
    [{ ...DATABASE, host: "db.example.com:5432" }, "host", /port has a key of its own/],
    [{ ...DATABASE, host: "" }, "host", /which host/],
    [{ ...DATABASE, port: "65536" }, "port", /1 to 65535/],
    [{ ...DATABASE, port: "5432x" }, "port", /1 to 65535/],
    [{ ...DATABASE, tls: "maybe" }, "tls", /none of yes, no/],
    [{ ...DATABASE, password: "" }, "password", /password/],
    [{ ...DATABASE, username: "ü".repeat(32) }, "username", /63 bytes/],
    [{ ...DATABASE, type: "mysql", username: "o".repeat(33) }, "username", /32 characters/],
    [
      { ...DATABASE, type: "mysql", username: "o".repeat(27), strategy: "alternating-users", admin: ADMIN },
      "strategy",
      /o{27}_clone.*32 characters/,
    ],
    [{ ...DATABASE, strategy: "dual-password" }, "strategy", /none of single-user, alternating-users/],
    [{ ...DATABASE, strategy: "alternating-users" }, "admin", /admin secret/],
    [{ ...DATABASE, admin: "shop/admin" }, "admin", /whole ARN/],
    [{ ...DATABASE, schedule: "hourly" }, "schedule", /none of nightly, weekly, none/],
    [{ ...DATABASE, schedule: "", strategy: "single-user" }, "strategy", /takes a schedule/],
    [{ ...DATABASE, adminFor: ["shop/"] }, "adminFor", /no schedule of its own/],
    [{ ...DATABASE, schedule: "", adminFor: ["*"] }, "adminFor", /begin with/],
    [{ ...DATABASE, name: "" }, "name", /name/],
    [{ ...DATABASE, name: "shop orders" }, "name", /letters, digits/],
    [{ ...DATABASE, name: "rds!orders" }, "name", /letters, digits/],
    [{ ...DATABASE, name: "shop/orders-AbC123" }, "name", /hyphen and six/],
    [{ ...DATABASE, name: "n".repeat(513) }, "name", /512/],
    [{ ...DATABASE, description: "d".repeat(2049) }, "description", /2048/],
    [{ ...DATABASE, tags: ["=payments"] }, "tags", /name=value/],
    [{ ...DATABASE, tags: ["aws:team=payments"] }, "tags", /AWS's own/],
    [{ ...DATABASE, tags: ["team=pay*"] }, "tags", /letters, digits, blanks/],
    [{ ...DATABASE, tags: ["keyturn:schedule=weekly"] }, "tags", /another answer/],
    [{ ...DATABASE, tags: ["keyturn:prob=select 1"] }, "tags", /keyturn:prob means nothing/],
    [{ ...DATABASE, tags: ["keyturn:password-length=long"] }, "tags", /whole number/],
    [{ ...DATABASE, tags: Array.from({ length: 49 }, (_, at) => `t${at}=v`) }, "tags", /50 tags/],
    [{ ...DATABASE, kmsKey: "my key" }, "kmsKey", /alias/],
    [{ ...DATABASE, accounts: ["12345"], kmsKey: KEY }, "accounts", /twelve digits/],
    [{ ...DATABASE, accounts: ["123456789012"] }, "accounts", /one of your own/],
    [{ ...DATABASE, regions: ["eu-central-1"] }, "regions", /itself/],
    [{ ...DATABASE, regions: ["Frankfurt"] }, "regions", /no region/],
    [{ ...DATABASE, regions: ["eu-west-1", "eu-west-1=alias/x"] }, "regions", /twice/],
    [{ ...DATABASE, regions: ["eu-west-1=a key"] }, "regions", /alias/],
    [{ type: "other", name: "a" }, "fields", /one name/],
    [{ type: "other", name: "a", fields: { big: "x".repeat(65_536) } }, "fields", /65536/],
    [{ type: "other", name: "a", fields: { t: "t" }, host: "db" }, "host", /none/],
  ])("%#: is told by what it is about", (draft, key, message) => {
    expect(mistakesIn(draft, OFFERED)).toEqual([{ key, message: expect.stringMatching(message) }]);
    if (draft.password) expect(JSON.stringify(mistakesIn(draft, OFFERED))).not.toContain(PASSWORD);
  });

  it("may be asked of one answer, as it is given", () => {
    expect(mistakeIn("port", { type: "postgres", port: "x" }, OFFERED)).toMatch(/1 to 65535/);
    expect(mistakeIn("port", { type: "postgres", port: "" }, OFFERED)).toBeUndefined();
  });
});

describe("what is stored", () => {
  it("is AWS's format, as Keyturn reads it", () => {
    const draft: Draft = { ...DATABASE, port: "5433", database: "shop", tls: "no", strategy: "single-user" };
    const { create, policy, replicas } = requestsFor(draft, OFFERED, "token");
    expect({ policy, replicas }).toEqual({});
    expect(parseSecret(create.SecretString, "secret")).toMatchObject({
      ...{ engine: "postgres", host: "db.example.com", port: 5433, username: "orders", password: PASSWORD },
      ...{ database: "shop", tls: false },
    });
    expect(create).toMatchObject({ Name: "shop/orders", ClientRequestToken: "token" });
    expect(create.Tags).toEqual([
      { Key: "keyturn:stage", Value: "dev" },
      { Key: "keyturn:schedule", Value: "nightly" },
      { Key: "keyturn:strategy", Value: "single-user" },
    ]);
  });

  it("is Keyturn's by its tags alone: without a schedule it has none", () => {
    const tagsWith = (draft: Draft) => requestsFor({ ...DATABASE, schedule: "", ...draft }, OFFERED, "t").create.Tags;
    expect(tagsWith({ tags: ["team=pay = more"] })).toEqual([{ Key: "team", Value: "pay = more" }]);
    expect(tagsWith({ adminFor: ["shop/", "web/"] })).toEqual([
      { Key: "keyturn:stage", Value: "dev" },
      { Key: "keyturn:admin", Value: "shop/ web/" },
    ]);
  });

  it("lets other accounts read, and has copies elsewhere", () => {
    const draft = { ...DATABASE, kmsKey: KEY, accounts: ["123456789012"], regions: ["us-east-1", "eu-west-1=alias/x"] };
    const { create, policy, replicas } = requestsFor(draft, OFFERED, "t");
    expect(create.KmsKeyId).toBe(KEY);
    expect(policy?.BlockPublicPolicy).toBe(true);
    expect(JSON.parse(policy?.ResourcePolicy ?? "").Statement).toEqual([
      {
        ...{ Sid: "OtherAccountsRead", Effect: "Allow", Principal: { AWS: ["arn:aws:iam::123456789012:root"] } },
        ...{ Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource: "*" },
      },
    ]);
    expect(replicas?.AddReplicaRegions).toEqual([
      { Region: "us-east-1" },
      { Region: "eu-west-1", KmsKeyId: "alias/x" },
    ]);
  });

  it("may be taken from a JSON, and what it has of its own stays", () => {
    const json = { engine: "postgres", host: "h", port: 5433, username: "u", password: "p", ssl: "false", team: ["a"] };
    const draft = draftOf(json);
    expect(draft).toMatchObject({ type: "postgres", port: "5433", tls: "no", fields: { team: ["a"] } });
    expect(contentOf(draft)).toEqual({ ...json, ssl: false });
    expect(draftOf({ token: "t" })).toEqual({ type: "other", fields: { token: "t" } });
    expect(draftOf({ password: "p" }, "mysql")).toEqual({ type: "mysql", password: "p" });
  });

  it.each([
    ["aurora-postgresql", "aurora-postgresql"],
    ["postgresql", "postgres"],
    ["mongo", "documentdb"],
    ["docdb", "documentdb"],
    ["sybase", undefined],
    [5, undefined],
  ])("knows an engine called %s as %s", (engine, type) => expect(typeOfEngine(engine)?.name).toBe(type));
});

describe("the review", () => {
  it("says all that will be, and no value of the secret", () => {
    const draft = {
      ...DATABASE,
      kmsKey: KEY,
      accounts: ["123456789012"],
      regions: ["us-east-1"],
      fields: { pin: "4711" },
    };
    const review = reviewOf(draft, OFFERED);
    expect(review).toMatchInlineSnapshot(`
      {
        "notes": [
          "The policy of the key alias/shop must let these accounts use it (kms:Decrypt, kms:DescribeKey), and their own policies must let their users read the secret.",
          "Replicas without a key of their region are encrypted with the one that AWS manages there.",
        ],
        "sections": [
          {
            "rows": [
              [
                "name",
                "shop/orders",
              ],
              [
                "region",
                "eu-central-1",
              ],
              [
                "key",
                "alias/shop",
              ],
              [
                "tag keyturn:stage",
                "dev",
              ],
              [
                "tag keyturn:schedule",
                "nightly",
              ],
            ],
            "title": "The secret",
          },
          {
            "rows": [
              [
                "pin",
                "••••••••",
              ],
              [
                "engine",
                "postgres",
              ],
              [
                "host",
                "db.example.com",
              ],
              [
                "username",
                "orders",
              ],
              [
                "password",
                "••••••••",
              ],
            ],
            "title": "What it holds",
          },
          {
            "rows": [
              [
                "accounts that may read it",
                "123456789012",
              ],
              [
                "replicated to",
                "us-east-1",
              ],
            ],
            "title": "Who else has it",
          },
          {
            "rows": [
              [
                "schedule",
                "nightly",
              ],
              [
                "strategy",
                "single-user",
              ],
            ],
            "title": "Rotation",
          },
        ],
      }
    `);
    expect(JSON.stringify(review)).not.toMatch(/hunter2|4711/);
  });

  it("hides all that a secret of no database holds", () =>
    expect(JSON.stringify(reviewOf({ type: "other", name: "a", fields: { host: "h1dden" } }, OFFERED))).not.toContain(
      "h1dden",
    ));
});
