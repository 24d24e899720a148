import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reportOn } from "../../stage/permissions/report.js";
import { rolesIn } from "../../stage/permissions/roles.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

const [THERE, SILENT, OTHER] = ["111122223333", "444455556666", "777788889999"];

/** Of two other accounts, and the owner of one has deployed nothing. */
const keyturn = useCloud({
  settings: JSON.stringify({
    schedules: { nightly: { expression: "rate(1 day)", retireAfterMinutes: 60 } },
    accounts: [THERE, SILENT],
  }),
  retireAfterMinutes: { retiring: 0 },
  without: [SILENT],
  refuses: ["PlanRole sts:AssumeRole", "ListDueRole sts:AssumeRole"],
});

const inAccount = (account = THERE) => ({ account });

async function alternating(tags: Readonly<Record<string, string>> = {}, account = THERE) {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username), { account });
  return { login, secret: await keyturn.secretFor(login, { masterarn }, tags, { account }) };
}

describe("a secret of another account", () => {
  it("is rotated by the roles there, and the new password logs in", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, {}, {}, inAccount());
    expect(await keyturn.rotate(secret)).toMatchObject({ status: "SUCCEEDED", output: { outcome: "succeeded" } });
    const now = await keyturn.value(secret);
    expect(now.password).not.toBe(login.password);
    expect([await letsIn(now), await letsIn(login)]).toEqual([true, false]);
    const [record] = await keyturn.records(secret);
    expect(record).toMatchObject({ secretArn: secret, outcome: "succeeded" });
    expect(record?.secretName).toMatch(/^111122223333:test\//);
  });

  it("is rotated between two users by an admin of its own account, and the old one is retired", async () => {
    const { login, secret } = await alternating({ "keyturn:schedule": "retiring" });
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
    const now = await keyturn.value(secret);
    expect(now.username).not.toBe(login.username);
    expect([await letsIn(now), await letsIn(login)]).toEqual([true, false]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired" }]);
  });
});
