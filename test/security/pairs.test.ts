import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, connected, createAdmin, createLogin, freshName, letsIn } from "../tools/postgres.js";

// A login may set its own role, and hand out membership in itself on older servers.
const keyturn = useCloud();

describe("a login that says it acts as another", () => {
  it("is not taken for its clone", async () => {
    const [victim, me] = [await createLogin(), await createLogin()];
    await asSuperuser((client) => client.query(`GRANT ${victim.username} TO ${me.username}`));
    await connected(me, (client) => client.query(`ALTER ROLE ${me.username} SET role = ${victim.username}`));
    const masterarn = await keyturn.adminSecretFor(await createAdmin(victim.username, me.username));
    const secret = await keyturn.secretFor(me, { masterarn });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await keyturn.value(secret)).toMatchObject({ username: `${me.username}_clone` });
    expect([await letsIn(victim), await letsIn(me)]).toEqual([true, true]);
  });

  it("as an owner without a login keeps that owner as it is", async () => {
    const login = await createLogin();
    const owner = freshName("owner");
    await asSuperuser((client) =>
      client.query(
        `CREATE ROLE ${owner} NOLOGIN; GRANT ${owner} TO ${login.username}; ALTER ROLE ${login.username} SET role = ${owner}`,
      ),
    );
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username, owner));
    const secret = await keyturn.secretFor(login, { masterarn });
    for (const name of [`${login.username}_clone`, login.username]) {
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      const value = await keyturn.value(secret);
      expect(value.username).toBe(name);
      const acting = await connected(value, (client) => client.query("SELECT current_user AS role"));
      expect(acting.rows).toEqual([{ role: owner }]);
    }
    const { rows } = await asSuperuser((client) =>
      client.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", [owner]),
    );
    expect(rows).toEqual([{ rolcanlogin: false }]);
  });
});
