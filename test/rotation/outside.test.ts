import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { ledger } from "../../src/aws/ledger.js";
import { entered } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";

const keyturn = useCloud();

async function noticed(secretArn: string) {
  await keyturn.cloud.settled();
  const records = ledger(new DynamoDBClient(keyturn.cloud.clientConfig), keyturn.cloud.resource("Table").ref);
  const told = (await keyturn.announced(secretArn)).filter((type) => type === "Secret Changed Outside Keyturn");
  return { changes: await records.changes(secretArn), told: told.length };
}

const edit = async (SecretId: string) =>
  keyturn.secrets().send(
    new PutSecretValueCommand({
      SecretId,
      SecretString: JSON.stringify({ ...(await keyturn.value(SecretId)), note: "edited by hand" }),
    }),
  );

describe("a move of AWSCURRENT", () => {
  it("by Keyturn is nothing to be told", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    await keyturn.rotate(secret);
    expect(await noticed(secret)).toEqual({ changes: [], told: 0 });
  });

  it("by a person is written down and announced, and the next rotation goes on from there", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    const before = Object.entries(await keyturn.labels(secret)).find(([, on]) => on.includes("AWSCURRENT"))?.[0];
    const { VersionId } = await edit(secret);
    const { changes, told } = await noticed(secret);
    expect(changes).toMatchObject([{ versionId: VersionId, previousVersionId: before, secretArn: secret }]);
    expect(told).toBe(1);
    expect((await keyturn.cloud.messages()).at(-1)?.message).toContain("and not by Keyturn");
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect((await noticed(secret)).told).toBe(1);
  });

  it("back to a version that Keyturn had made is noticed, too", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    await keyturn.rotate(secret);
    await keyturn.cloud.settled();
    const labels = Object.entries(await keyturn.labels(secret));
    const id = (label: string) => labels.find(([, on]) => on.includes(label))?.[0];
    await keyturn.secrets().send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: id("AWSPREVIOUS"),
        RemoveFromVersionId: id("AWSCURRENT"),
      }),
    );
    const { changes, told } = await noticed(secret);
    expect(changes).toMatchObject([{ versionId: id("AWSPREVIOUS"), previousVersionId: id("AWSCURRENT") }]);
    expect(told).toBe(1);
  });

  it("to a version of somebody's is noticed while a rotation ends, too", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    const old = await keyturn.value(secret);
    const executionArn = await keyturn.hangIn("record", "before", secret);
    const announcing = entered(keyturn.cloud, "Announce");
    const { VersionId: id = "" } = await keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: JSON.stringify({ ...old, note: "theirs" }),
        VersionStages: ["AWSPENDING"],
      }),
    );
    const labels = Object.entries(await keyturn.labels(secret));
    await keyturn.secrets().send(
      new UpdateSecretVersionStageCommand({
        SecretId: secret,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: id,
        RemoveFromVersionId: labels.find(([, on]) => on.includes("AWSCURRENT"))?.[0],
      }),
    );
    // While the rotation is still at it.
    await keyturn.over(await announcing);
    expect(await keyturn.announced(secret)).toContain("Secret Changed Outside Keyturn");
    await keyturn.stop(executionArn);
  });

  it("of a secret that is not managed, and the first version of one that is, are nobody's business", async () => {
    const { ARN = "" } = await keyturn.secrets().send(new CreateSecretCommand({ Name: "plain", SecretString: "{}" }));
    await edit(ARN);
    expect(await noticed(ARN)).toEqual({ changes: [], told: 0 });
    expect(await noticed(await keyturn.secretFor(await createLogin()))).toEqual({ changes: [], told: 0 });
  });
});
