import {
  PutSecretValueCommand,
  TagResourceCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud({ rules: { restore: true } });

const singleUser = async (tags: Record<string, string> = {}) => keyturn.secretFor(await createLogin(), {}, tags);

async function alternatingUsers() {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
  return keyturn.secretFor(login, { masterarn });
}

const restore = (secret: string) => keyturn.rotate(secret, { restore: true, requestedBy: "anna" });

describe("a credential that is brought back", () => {
  it.each([
    ["single user", singleUser],
    ["alternating users", alternatingUsers],
  ])("gets in, and is current again: %s", async (_, make) => {
    const secret = await make();
    const first = await keyturn.value(secret);
    await keyturn.rotate(secret);
    const second = await keyturn.value(secret);
    expect((await restore(secret)).output).toMatchObject({
      ...{ outcome: "succeeded", reason: "Restored", restore: true, requestedBy: "anna" },
      summary: expect.stringContaining("brought back"),
    });
    expect(await keyturn.value(secret)).toEqual(first);
    expect(await keyturn.value(secret, "AWSPREVIOUS")).toEqual(second);
    expect(await letsIn(first)).toBe(true);
    // And back again, which is a rotation like any other.
    expect((await restore(secret)).output).toMatchObject({ reason: "Restored" });
    expect(await keyturn.value(secret)).toEqual(second);
    expect(await letsIn(second)).toBe(true);
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "Started" });
  });

  it("is rolled back to the current one where it does not do", async () => {
    const secret = await singleUser();
    await keyturn.rotate(secret);
    const current = await keyturn.value(secret);
    const Tags = [{ Key: "keyturn:probe", Value: "select no_such_column" }];
    await keyturn.secrets().send(new TagResourceCommand({ SecretId: secret, Tags }));
    await restore(secret);
    expect((await keyturn.records(secret))[0]).toMatchObject({ outcome: "rolled back", restore: true });
    expect(await keyturn.value(secret)).toEqual(current);
    expect(await letsIn(current)).toBe(true);
  });
});

describe("nothing is brought back", () => {
  const refused = async (secret: string, code: string) => {
    const before = [await keyturn.value(secret), await keyturn.labels(secret)];
    await restore(secret);
    expect((await keyturn.records(secret))[0]).toMatchObject({ outcome: "failed", reason: code, restore: true });
    expect([await keyturn.value(secret), await keyturn.labels(secret)]).toEqual(before);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  };

  it("by an event, which anybody may have put", async () => {
    const secret = await singleUser();
    await keyturn.rotate(secret);
    const current = await keyturn.value(secret);
    await keyturn.request({ secretId: secret, restore: true });
    expect(await keyturn.value(secret)).toEqual(current);
  });

  it("where nothing was rotated", async () => refused(await singleUser(), "NothingToRestore"));

  it("of what leaked", async () => {
    const secret = await singleUser();
    await keyturn.rotate(secret, { retireAfterMinutes: 0 });
    await refused(secret, "PreviousRetired");
  });

  it("that somebody put under the label", async () => {
    const secret = await singleUser();
    await keyturn.rotate(secret);
    const { AWSPREVIOUS } = await byLabel(secret);
    const chosen = { ...(await keyturn.value(secret)), password: "chosen-by-somebody" };
    const { VersionId } = await keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: JSON.stringify(chosen),
        VersionStages: ["SOMEBODYS"],
      }),
    );
    await keyturn.secrets().send(
      new UpdateSecretVersionStageCommand({
        ...{ SecretId: secret, VersionStage: "AWSPREVIOUS", MoveToVersionId: VersionId },
        RemoveFromVersionId: AWSPREVIOUS,
      }),
    );
    await refused(secret, "NothingToRestore");
    expect(await letsIn(chosen)).toBe(false);
  });

  async function byLabel(secret: string): Promise<Record<string, string>> {
    const labels = await keyturn.labels(secret);
    return Object.fromEntries(Object.entries(labels).flatMap(([id, all]) => all.map((label) => [label, id])));
  }
});
