import { ReplicateSecretToRegionsCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

const looksAtReplicas = ({ caller, operation }: FaultyCall) =>
  caller.endsWith("-wait-for-replicas") && operation === "DescribeSecret";

async function replicatedSecret() {
  const login = await createLogin();
  const secret = await keyturn.secretFor(login);
  const AddReplicaRegions = [{ Region: "us-east-1" }, { Region: "us-west-2" }];
  await keyturn.secrets().send(new ReplicateSecretToRegionsCommand({ SecretId: secret, AddReplicaRegions }));
  return { login, secret };
}

describe("a replicated secret", () => {
  it("has the new version in every region before the database changes", async () => {
    const { secret } = await replicatedSecret();
    const states: string[] = [];
    const off = keyturn.cloud.onHistory(({ type, state, executionArn }) => {
      if (type === "StateEntered" && executionArn.includes("-rotate-secret:")) states.push(state);
    });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    off();
    expect(states.slice(0, 5)).toEqual([
      "Plan",
      "Decide",
      "Create replicated secret",
      "Wait for replicas",
      "Set secret",
    ]);
    expect((await keyturn.records(secret))[0]?.phases.map(({ name }) => name)).toEqual([
      "create",
      "set",
      "test",
      "finish",
    ]);
  });

  it("is waited for longer than anything else is tried again", async () => {
    const { secret } = await replicatedSecret();
    // The SDK tries three times, and every other state of a rotation six.
    const away = keyturn.cloud.inject({ match: looksAtReplicas, kind: "reset", when: "before", times: 3 * 8 });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(away.struck()).toBe(3 * 8);
  });

  it("that cannot be waited for is rolled back, and its database not touched", async () => {
    const { login, secret } = await replicatedSecret();
    const denied = keyturn.cloud.inject({ match: looksAtReplicas, kind: "deny", when: "before" });
    expect(await keyturn.rotate(secret)).toMatchObject({ status: "FAILED", error: "AccessDeniedError" });
    denied.lift();
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back", reason: "AccessDenied" }]);
    expect(await letsIn(login)).toBe(true);
    expect((await keyturn.value(secret)).password).toBe(login.password);
  });
});
