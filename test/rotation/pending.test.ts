import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, freshName, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

async function leave(secret: string, fields: object): Promise<string> {
  const ClientRequestToken = freshName("version-".padEnd(28, "0"));
  await keyturn.secrets().send(
    new PutSecretValueCommand({
      SecretId: secret,
      SecretString: JSON.stringify({ ...(await keyturn.value(secret)), ...fields }),
      ClientRequestToken,
      VersionStages: ["AWSPENDING"],
    }),
  );
  return ClientRequestToken;
}

describe("AWSPENDING", () => {
  it("that came too late, for the user in use, is replaced", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    await keyturn.rotate(secret);
    const id = await leave(secret, { password: "of-a-function-that-came-late" });
    const { output } = await keyturn.rotate(secret);
    expect(output).toMatchObject({ outcome: "succeeded", reason: "SupersededPending" });
    expect(output.versionId).not.toBe(id);
    expect(await keyturn.value(secret)).toMatchObject({ username: login.username });
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("that the policy of the server would refuse is replaced", async () => {
    // Short, or its name would be taken for a password that leaked.
    const login = await createLogin("", freshName("u").slice(0, 11));
    const secret = await keyturn.secretFor(login);
    // PostgreSQL's own policy, which sees even of a verifier whether it is the user's name.
    await asSuperuser((client) =>
      client.query(
        `ALTER ROLE ${client.escapeIdentifier(login.username)} SET session_preload_libraries = passwordcheck`,
      ),
    );
    const id = await leave(secret, { password: login.username });
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", reason: "Resumed" });
    expect(await keyturn.labels(secret)).not.toHaveProperty(id);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });
});
