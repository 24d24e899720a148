import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createLogin, type Login, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

const setInDatabase = ({ username, password }: Login) =>
  asSuperuser((client) =>
    client.query(`ALTER ROLE ${client.escapeIdentifier(username)} PASSWORD ${client.escapeLiteral(password)}`),
  );

/** Somebody gave the user a password that no version holds. */
async function disagreeing() {
  const login = await createLogin();
  const secret = await keyturn.secretFor(login);
  await setInDatabase({ ...login, password: "somebody-elses-password" });
  await keyturn.rotate(secret);
  const [record] = await keyturn.records(secret);
  return { secret, record };
}

describe("two facts that disagree", () => {
  it("leave both versions under labels of their own, and every case has its commands", async () => {
    const { secret, record } = await disagreeing();
    expect(record).toMatchObject({ outcome: "needs attention", reason: "CurrentRejected" });
    const { previousVersionId = "", versionId = "" } = record ?? {};
    expect(await keyturn.labels(secret)).toEqual({
      [previousVersionId]: ["AWSCURRENT", "KEYTURN_KEPT_CURRENT"],
      [versionId]: ["AWSPENDING", "KEYTURN_KEPT_PENDING"],
    });
    const commands = record?.settle?.flatMap(({ run }) => run) ?? [];
    expect(commands.join("\n")).toContain(
      `start-execution --state-machine-arn=${keyturn.cloud.resource("RotateSecret").ref}`,
    );
    expect(commands.join("\n")).toContain(`--version-id=${versionId}`);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Needs Attention"]);
  });

  it("are settled by giving the database the password under AWSCURRENT", async () => {
    const { secret } = await disagreeing();
    await setInDatabase(await keyturn.value(secret));
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(
      Object.values(await keyturn.labels(secret))
        .flat()
        .sort(),
    ).toEqual(["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]);
  });

  it("are settled by the command that moves AWSCURRENT", async () => {
    const { secret, record } = await disagreeing();
    await setInDatabase(await keyturn.value(secret, "AWSPENDING"));
    const command = record?.settle
      ?.flatMap(({ run }) => run)
      .find((text) => text.includes("update-secret-version-stage"));
    const option = (name: string) => new RegExp(`--${name}[= ](\\S+)`).exec(command ?? "")?.[1];
    await keyturn.secrets().send(
      new UpdateSecretVersionStageCommand({
        SecretId: option("secret-id"),
        VersionStage: option("version-stage"),
        MoveToVersionId: option("move-to-version-id"),
        RemoveFromVersionId: option("remove-from-version-id"),
      }),
    );
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(Object.values(await keyturn.labels(secret)).flat()).not.toContain("KEYTURN_KEPT_PENDING");
  });

  it("are looked at again without a new version, and both stay kept", async () => {
    const { secret } = await disagreeing();
    const before = await keyturn.labels(secret);
    await keyturn.rotate(secret);
    expect(await keyturn.labels(secret)).toEqual(before);
    expect((await keyturn.records(secret))[0]?.outcome).toBe("needs attention");
  });
});
