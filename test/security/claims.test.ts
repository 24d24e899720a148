import { describe, expect, it } from "vitest";
import type { StrategyName } from "../../src/engines/engine.js";
import { engineTraits } from "../../src/engines/registry.js";
import { checkClaims, claimLogins, serverOf } from "../../src/rotation/claims.js";
import type { World } from "../../src/rotation/ports.js";
import { parseSecret } from "../../src/secrets/format.js";
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

describe("the names of logins", () => {
  const rules = { stage: "dev", admins: [], readers: [], mayAskFor: {} };
  const tags = { "keyturn:stage": "dev", "keyturn:schedule": "nightly" };

  /** A world in which three secrets were rotated once, each as the server named its login. */
  function worldWith(claims: Map<string, string>): World {
    const ledger = {
      claimant: async (login: string) => (claims.has(login) ? { claimedBy: claims.get(login) } : {}),
      async claim(secretArn: string, logins: readonly string[]) {
        const other = logins.map((login) => claims.get(login)).find((by) => by !== undefined && by !== secretArn);
        if (other) return { claimedBy: other };
        for (const login of logins) claims.set(login, secretArn);
        return {};
      },
    };
    return { ledger, rules, secrets: { describe: async () => ({ tags }) } } as unknown as World;
  }

  const claimed = (engineName: string, username: string, strategy: StrategyName, dbname = "shop") => {
    const fields = { engine: engineName, host: "db", username, password: "x", dbname };
    const engine = engineTraits(engineName);
    const server = serverOf(parseSecret(JSON.stringify(fields), "secret"), engine);
    return { engine, username, strategy, server, database: dbname };
  };

  it.each([
    ["oracle", "APP", "alternating-users"],
    ["oracle", "app", "single-user"],
    ["oracle", "APP_CLONE", "single-user"],
    ["oracle", '"APP_CLONE"', "dual-password"],
    ["sqlserver", "App", "single-user"],
    ["sqlserver", "app_clone", "alternating-users"],
  ] as const)(
    "on %s leave %j to the secret that has it, however it is written (%s)",
    async (name, username, strategy) => {
      const claims = new Map<string, string>();
      const world = worldWith(claims);
      const first = claimed(name, "app", "alternating-users");
      await claimLogins(world, "arn:first", { ...first, logins: ["app", "app_clone"] });
      await expect(checkClaims(world, "arn:second", claimed(name, username, strategy))).rejects.toMatchObject({
        code: "SharedLogin",
      });
      await expect(checkClaims(world, "arn:first", first)).resolves.toBeUndefined();
    },
  );

  // Who owns a contained database makes users in it, whatever they are called.
  it("on SQL Server are not taken from the server by a database that keeps users of its own", async () => {
    const world = worldWith(new Map());
    const his = claimed("sqlserver", "orders", "alternating-users", "his");
    await claimLogins(world, "arn:his", { ...his, logins: ["orders", "orders_clone"], keptIn: "His" });
    const victims = claimed("sqlserver", "orders", "alternating-users");
    await expect(checkClaims(world, "arn:victim", victims)).resolves.toBeUndefined();
    const proven = { ...victims, logins: ["orders", "orders_clone"] };
    const claims = await claimLogins(world, "arn:victim", proven);
    expect(claims).toEqual({ claims: ["sqlserver db:1433 orders", "sqlserver db:1433 orders_clone"] });
    // Nor by either from its own kind.
    for (const dbname of ["his", "HIS", "shop"])
      await expect(
        checkClaims(world, "arn:third", claimed("sqlserver", "orders", "single-user", dbname)),
      ).rejects.toMatchObject({ code: "SharedLogin" });
    const own = ["orders", "orders_clone"].map((name) => `sqlserver db:1433/"his" ${name}`);
    await expect(checkClaims(world, "arn:his", his, own)).resolves.toBeUndefined();
    // A dry run is not told of its claims.
    await expect(checkClaims(world, "arn:his", his)).resolves.toBeUndefined();
    await expect(
      checkClaims(world, "arn:victim", victims, "claims" in claims ? claims.claims : []),
    ).resolves.toBeUndefined();
  });

  it.each([
    ["oracle", false],
    ["documentdb", false],
    ["postgres", true],
    ["sqlserver", true],
  ])("on %s in another database are the same login: %s", async (name, same) => {
    const world = worldWith(new Map());
    await claimLogins(world, "arn:first", { ...claimed(name, "app", "single-user"), logins: ["app"] });
    const other = checkClaims(world, "arn:second", claimed(name, "app", "single-user", "crm"));
    await (same
      ? expect(other).rejects.toMatchObject({ code: "SharedLogin" })
      : expect(other).resolves.toBeUndefined());
  });
});
