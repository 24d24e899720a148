import { readFileSync } from "node:fs";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, inject, it } from "vitest";
import { roleResources } from "../../infra/roles.js";
import { parseSettings } from "../../infra/settings.js";
import { STAGE, useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";
import { mayDo, statementsIn } from "./policies.js";

/** An admin secret of another stage, which one of the tests names. */
const keyturn = useCloud({ refuses: ["SetSecretRole secretsmanager:GetSecretValue"] });
const { host, port } = inject("postgres");
const OTHER = "prod";

const MOVES = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:PutSecretValue",
  "secretsmanager:UpdateSecretVersionStage",
] as const;

/** Everything that was read, stored or moved of a secret by a function or a machine, refused or not. */
const touched = (secretArn: string) =>
  keyturn.cloud
    .calls()
    .filter(({ caller, resource }) => caller.includes("assumed-role") && resource === secretArn)
    .filter(({ operation, error }) => MOVES.some((action) => action.endsWith(`:${operation}`)) && !error);

/** A secret without any tag that a test's tools would add. */
async function storedAs(login: Login, tags: Readonly<Record<string, string>>): Promise<string> {
  const { ARN = "" } = await keyturn.secrets().send(
    new CreateSecretCommand({
      Name: `test/${Math.random().toString(36).slice(2)}`,
      SecretString: JSON.stringify({ engine: "postgres", host, port, dbname: "postgres", ...login }),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return ARN;
}

describe("two deployments in one account", () => {
  it("rotate what is tagged with their own stage", async () => {
    const login = await createLogin();
    const secret = await storedAs(login, { "keyturn:schedule": "nightly", "keyturn:stage": STAGE });
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
    expect(await letsIn(login)).toBe(false);
  });

  it.each([
    ["another stage", { "keyturn:stage": OTHER }],
    ["no stage", {}],
    ["an empty stage", { "keyturn:stage": "" }],
    ["a stage that begins alike", { "keyturn:stage": `${STAGE}-2` }],
    ["the stage in capitals", { "keyturn:stage": STAGE.toUpperCase() }],
  ])("never touch nor read a secret with %s", async (_, stage) => {
    const login = await createLogin();
    const secret = await storedAs(login, { "keyturn:schedule": "nightly", ...stage });
    for (const run of [keyturn.rotate, keyturn.check]) await run(secret);
    for (const input of [{}, { dryRun: true }]) await keyturn.request({ secretId: secret, ...input });
    expect(touched(secret)).toEqual([]);
    expect(Object.keys(await keyturn.labels(secret))).toHaveLength(1);
    expect(await letsIn(login)).toBe(true);
  });

  it("never read another's admin secret", async () => {
    const [login, second] = [await createLogin(), await createLogin()];
    const admin = await createAdmin(login.username, second.username);
    const tags = { "keyturn:admin": "test/" };
    const own = await storedAs(admin, { ...tags, "keyturn:stage": STAGE });
    const others = await storedAs(admin, { ...tags, "keyturn:stage": OTHER });
    const refused = await keyturn.secretFor(login, { masterarn: others });
    expect((await keyturn.rotate(refused)).status).toBe("FAILED");
    expect((await keyturn.check(refused)).output).toMatchObject({ ok: false });
    expect(await keyturn.value(refused)).toMatchObject(login);
    expect(await letsIn(login)).toBe(true);
    const allowed = await keyturn.secretFor(second, { masterarn: own });
    expect((await keyturn.rotate(allowed)).output).toMatchObject({ outcome: "succeeded" });
  });

  it("have no role that reads, stores or moves what is the other's", () => {
    const settings = parseSettings("", readFileSync("keyturn.schema.json", "utf8"));
    for (const [mine, others] of [
      [STAGE, OTHER],
      [OTHER, STAGE],
    ] as const) {
      const roles = Object.entries(roleResources(settings, mine)).map(([id, { Properties }]) => ({
        id,
        statements: statementsIn(Properties),
      }));
      const able = (tags: Readonly<Record<string, string>>) =>
        roles.flatMap(({ id, statements }) =>
          MOVES.filter((action) => mayDo(statements, action, { tags })).map((action) => `${id} ${action}`),
        );
      expect(able({ "keyturn:stage": mine, "keyturn:schedule": "nightly" }).length).toBeGreaterThan(5);
      expect(able({ "keyturn:stage": mine, "keyturn:admin": "app/" }).length).toBeGreaterThan(1);
      for (const stage of [{ "keyturn:stage": others }, {}]) {
        expect(able({ ...stage, "keyturn:schedule": "nightly" })).toEqual([]);
        expect(able({ ...stage, "keyturn:admin": "app/" })).toEqual([]);
      }
    }
  });

  it("have no name in common", () => {
    const { Resources } = JSON.parse(readFileSync(inject("template"), "utf8")) as {
      Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
    };
    const named = Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) =>
      Object.entries(Properties)
        .filter(([name, value]) => /^(?!Event|Group|Runtime).*Name$/.test(name) && typeof value === "string")
        // A schedule's group has the stack's name; the other two are no identities.
        .filter(([name]) => Type !== "AWS::Scheduler::Schedule" && !["DisplayName", "MetricName"].includes(name))
        .map(([name, value]) => `${id}.${name}: ${value}`),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((one) => !one.includes(`keyturn-${STAGE}`))).toEqual([]);
    expect(Resources.ScheduleGroup?.Properties).toMatchObject({ Name: `keyturn-${STAGE}` });
  });
});
