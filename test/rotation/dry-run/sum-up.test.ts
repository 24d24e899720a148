import { describe, expect, it } from "vitest";
import { CHECKS, type Check } from "../../../src/rotation/dry-run/checklist.js";
import type { CheckPlan } from "../../../src/rotation/dry-run/plan.js";
import { type DryRunState, sumUpChecks } from "../../../src/rotation/dry-run/sum-up.js";
import { planned, worldOf } from "../imagined/rotation.js";
import { NOW, SECRET } from "../imagined.js";

const times = { startedAt: NOW.toISOString(), endedAt: new Date(NOW.getTime() + 1_000).toISOString() };
const execution = {
  executionArn: "arn:of-the-dry-run",
  ...times,
  input: { secretId: "shop/orders", reason: "to see" },
};

const well: Check = { phase: "plan", check: "Plan", ok: true, message: CHECKS.Plan };
const wrong: Check = { phase: "test", check: "Login", ok: false, code: "CurrentRejected", message: "It is refused." };
const caught = { Error: "TransientError", Cause: JSON.stringify({ errorMessage: "DatabaseAway: It is away." }) };

async function plan(fields: Partial<CheckPlan> = {}): Promise<CheckPlan> {
  const { plan: rotation } = await planned(worldOf("alternating-users"));
  const { secretArn, secretName, request, reason, message } = rotation;
  const base = { secretArn, secretName, request, reason, message };
  return { ...base, decision: "check", rotation, facts: ["A fact."], rotating: false, checks: [well], ...fields };
}

describe("what a dry run comes to", () => {
  it("is what all functions found, and what a rotation would do now", async () => {
    const found = { phase: "create" as const, check: "NextUser" as const, ok: true, message: "So it is." };
    const state = {
      plan: await plan(),
      checked: [{ report: { checks: [] } }, { report: { checks: [found], username: "app_clone" } }],
    };
    expect(sumUpChecks(state, execution)).toEqual({
      output: {
        dryRun: true,
        ok: true,
        outcome: "checked",
        reason: "Started",
        secretArn: SECRET,
        would: {
          strategy: "alternating-users",
          engine: "postgres",
          username: "app_clone",
          resumed: false,
          reason: "Started",
          message: expect.stringContaining("a new credential is made"),
          facts: ["A fact."],
        },
        checks: [well, found],
      },
      announce: false,
      findings: {
        secretArn: SECRET,
        secretName: "shop/orders",
        request: { trigger: "manual", askedAt: NOW.toISOString() },
        executionArn: "arn:of-the-dry-run",
        ...times,
        reason: "Started",
        message: CHECKS.Plan,
        checks: [well, found],
      },
    });
  });

  it("is wrong, and announced, where one thing is", async () => {
    const state = { plan: await plan(), checked: [{ report: { checks: [wrong] } }] };
    const { output, announce, findings } = sumUpChecks(state, execution);
    expect(output).toMatchObject({ ok: false, outcome: "check failed", reason: "CurrentRejected" });
    expect(output.would).not.toHaveProperty("username");
    expect(announce).toBe(true);
    expect(findings).toMatchObject({ reason: "CurrentRejected", message: "It is refused." });
  });

  it("is not announced while a rotation is under way, whose doing it may be", async () => {
    const state = { plan: await plan({ rotating: true }), checked: [{ report: { checks: [wrong] } }] };
    expect(sumUpChecks(state, execution)).toMatchObject({ announce: false, output: { ok: false } });
  });

  it("is wrong where a function came to no end", async () => {
    const state: DryRunState = { plan: await plan(), checked: [{ phase: "set", caught }] };
    const { output } = sumUpChecks(state, execution);
    expect(output).toMatchObject({ ok: false, reason: "DatabaseAway" });
    expect(output.checks.at(-1)).toEqual({
      phase: "set",
      check: "Completed",
      ok: false,
      code: "DatabaseAway",
      message: "It is away.",
    });
  });

  it("is told of the secret as it was asked for, where Plan failed", () => {
    const { output, announce, findings } = sumUpChecks({ failed: { plan: caught } }, execution);
    expect(output).toEqual({
      dryRun: true,
      ok: false,
      outcome: "check failed",
      reason: "DatabaseAway",
      secretArn: "shop/orders",
      checks: [{ phase: "plan", check: "Plan", ok: false, code: "DatabaseAway", message: "It is away." }],
    });
    expect(announce).toBe(true);
    expect(findings).toMatchObject({ secretArn: "shop/orders", request: { reason: "to see" } });
    expect(findings).not.toHaveProperty("secretName");
  });

  it("is told of an unknown secret, where nobody can say which was meant", () => {
    const { output, findings } = sumUpChecks({ failed: { plan: caught } }, { ...execution, input: "{}" });
    expect(output.secretArn).toBe("unknown");
    expect(findings).not.toHaveProperty("request");
  });

  it("is nothing where nothing came of it", () => {
    expect(sumUpChecks({}, execution).output).toMatchObject({ ok: true, reason: "Unknown", checks: [] });
  });
});
