import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

// Whoever may write a secret may name any login in it; only the server says whose it is.
const keyturn = useCloud();

describe("a login", () => {
  it("is not taken from its secret by another that only names it", async () => {
    const login = await createLogin();
    const first = await keyturn.secretFor({ ...login, password: "never-the-right-one" });
    await keyturn.rotate(first);
    const second = await keyturn.secretFor(login);
    expect((await keyturn.rotate(second)).output.outcome).toBe("succeeded");
    expect((await keyturn.rotate(first)).cause).toMatch(/^SharedLogin/);
    expect(await letsIn(await keyturn.value(second))).toBe(true);
  });

  it("that an admin logs in by is rotated by no other secret", async () => {
    const login = await createLogin();
    const admin = await createAdmin(login.username);
    const secret = await keyturn.secretFor(login, { masterarn: await keyturn.adminSecretFor(admin) });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect((await keyturn.rotate(await keyturn.secretFor(admin))).cause).toMatch(/^SharedLogin/);
    expect(await letsIn(admin)).toBe(true);
  });

  it("of a pair is claimed by both its names, as the server gives them", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    await keyturn.rotate(secret);
    const clone = await keyturn.value(secret);
    for (const other of [login, clone])
      expect((await keyturn.rotate(await keyturn.secretFor(other))).cause).toMatch(/^SharedLogin/);
  });
});
