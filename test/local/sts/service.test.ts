import { describe, expect, it } from "vitest";
import { accountTemplate } from "../../../infra/roles.js";
import { authorization } from "../../../src/local/gateway/authorization.js";
import { faults } from "../../../src/local/gateway/faults.js";
import { gateway } from "../../../src/local/gateway/gateway.js";
import { principals } from "../../../src/local/gateway/principals.js";
import type { Caller } from "../../../src/local/service.js";
import { sts } from "../../../src/local/sts/service.js";
import { type RawTemplate, resolved } from "../../../src/local/template/template.js";

const HERE = "000000000000";
const THERE = "111122223333";
const NOW = new Date("2026-03-01T02:00:00Z");
const key = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "x" });

const there = resolved(accountTemplate({ account: HERE, stage: "dev" }) as unknown as RawTemplate, {
  region: "eu-central-1",
  accountId: THERE,
  stackName: "roles",
});
const nothing = resolved({ Resources: {} }, { region: "eu-central-1", accountId: HERE, stackName: "keyturn-dev" });
const who = principals(nothing, HERE, key("AKIA0"), {
  others: [{ accountId: THERE, template: there, rootKey: key("AKIA1") }],
});
const service = sts({ trustOf: who.trustOf, takeOn: who.takeOn, clock: () => NOW });
const { call } = gateway(
  () => service,
  faults(),
  authorization(() => []),
  () => undefined,
);

const roleIn = (account: string, name: string) => `arn:aws:iam::${account}:role/keyturn-dev-${name}-eu-central-1`;
/** A function of an account, whose role may take that one on. */
const caller = (name: string, may = roleIn(THERE, name), account = HERE): Caller => ({
  arn: `${roleIn(account, name).replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/keyturn-dev-${name}`,
  statements: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: may }],
});
const assume = (by: Caller, RoleArn: string, more = {}) =>
  call("sts", "AssumeRole", { RoleArn, RoleSessionName: "keyturn-dev-plan", ...more }, by);

describe("a role of another account", () => {
  it("is taken on by the function whose role its trust names, for an hour", async () => {
    const answer = await assume(caller("plan"), roleIn(THERE, "plan"));
    const { AccessKeyId, Expiration } = answer.Credentials as Record<string, string>;
    expect(Expiration).toBe("2026-03-01T03:00:00.000Z");
    expect(who.principalOf(AccessKeyId ?? "")?.caller).toMatchObject({
      arn: `arn:aws:sts::${THERE}:assumed-role/keyturn-dev-plan-eu-central-1/keyturn-dev-plan`,
      statements: expect.arrayContaining([expect.objectContaining({ Action: "secretsmanager:DescribeSecret" })]),
    });
  });

  it.each<[string, Caller, string]>([
    ["another function, whatever its own role may", caller("set-secret", roleIn(THERE, "plan")), roleIn(THERE, "plan")],
    ["the function, where its own role may not", caller("plan", roleIn(THERE, "record")), roleIn(THERE, "plan")],
    ["a function of that name of a third account", caller("plan", "*", "999999999999"), roleIn(THERE, "plan")],
    ["a function of that name of its own account", caller("plan", "*", THERE), roleIn(THERE, "plan")],
    ["anybody, where there is none", caller("plan", "*"), roleIn(THERE, "tell-people")],
  ])("is not by %s", async (_, by, role) => {
    await expect(assume(by, role)).rejects.toMatchObject({ code: "AccessDeniedException" });
  });

  it("is not by a root, and not for longer than a role may have another on", async () => {
    await expect(assume(who.root, roleIn(THERE, "plan"))).rejects.toMatchObject({ code: "AccessDenied" });
    for (const more of [{ DurationSeconds: "3601" }, { RoleSessionName: "a b" }, { ExternalId: "x" }])
      await expect(assume(caller("plan"), roleIn(THERE, "plan"), more)).rejects.toMatchObject({
        code: "ValidationError",
      });
  });
});
