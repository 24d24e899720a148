import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, letsIn } from "../tools/postgres.js";

// Whoever may put an event may say that any rotation took place.
const keyturn = useCloud({ forges: true });

async function versionsOf(secret: string) {
  const labels = Object.entries(await keyturn.labels(secret));
  const id = (label: string) => labels.find(([, on]) => on.includes(label))?.[0] ?? "";
  return { versionId: id("AWSCURRENT"), previousVersionId: id("AWSPREVIOUS") };
}

async function putSucceeded(detail: object): Promise<void> {
  const Detail = JSON.stringify({ outcome: "succeeded", endedAt: new Date().toISOString(), ...detail });
  const entry = { Source: "keyturn", DetailType: "Secret Rotation Succeeded", Detail };
  const EventBusName = keyturn.cloud.resource("Bus").ref;
  await new EventBridgeClient(keyturn.cloud.clientConfig).send(
    new PutEventsCommand({ Entries: [{ ...entry, EventBusName }] }),
  );
  await keyturn.cloud.settled();
}

const mayLogIn = (username: string) =>
  asSuperuser(async (client) => {
    const { rows } = await client.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", [username]);
    return rows[0]?.rolcanlogin as boolean;
  });

describe("a forged event", () => {
  it.each(["dual-password", "alternating-users"])("of %s retires no login of a single user", async (strategy) => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn }, { "keyturn:strategy": "single-user" });
    const { executionArn } = await keyturn.rotate(secret);
    const forged = { secretArn: secret, strategy, retireAfterMinutes: 0, ...(await versionsOf(secret)) };
    await putSucceeded({ ...forged, executionArn });
    await putSucceeded({ ...forged, executionArn: `${executionArn}-that-never-was` });
    expect(await mayLogIn(login.username)).toBe(true);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(await keyturn.retirements(secret)).toEqual([]);
  });

  it("retires no credential before its time, of a pair that is one", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    const { executionArn } = await keyturn.rotate(secret);
    const forged = { secretArn: secret, strategy: "alternating-users", executionArn, retireAfterMinutes: 0 };
    await putSucceeded({ ...forged, ...(await versionsOf(secret)) });
    expect(await letsIn(login)).toBe(true);
    // As it may be asked for: then it dies.
    await keyturn.rotate(secret, { retireAfterMinutes: 0 });
    expect((await keyturn.retirements(secret))[0]).toMatchObject({ outcome: "retired" });
  });

  it("in a chain of retirements that ended by themselves is no retirement that failed", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    const { executionArn: rotationArn } = await keyturn.rotate(secret, { retireAfterMinutes: 0 });
    let input: Readonly<Record<string, unknown>> = { rotation: { secretArn: secret, executionArn: rotationArn } };
    for (let round = 0; round < 5; round += 1) {
      const executionArn = await keyturn.start("RetireSecret", input);
      await keyturn.cloud.settled();
      input = { restartOf: { executionArn } };
    }
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired" }]);
    expect(await keyturn.announced(secret)).not.toContain("Secret Retirement Failed");
  });

  it("that starts a retirement again does so for none that has not ended", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const machine = keyturn.cloud.resource("RetireSecret").ref.replace(":stateMachine:", ":execution:");
    const input = JSON.stringify({ rotation: { secretArn: secret, strategy: "dual-password" } });
    await keyturn.start("RetireSecret", { restartOf: { executionArn: `${machine}:never`, status: "ABORTED", input } });
    await keyturn.cloud.settled();
    expect(await keyturn.retirements(secret)).toEqual([]);
    expect(await keyturn.announced(secret)).toEqual([]);
  });
});
