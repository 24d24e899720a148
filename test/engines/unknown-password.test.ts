import { describe, expect, it } from "vitest";
import { engineTraits } from "../../src/engines/registry.js";
import { unknownPassword } from "../../src/engines/unknown-password.js";

const MANY = Array.from({ length: 1_000 }, unknownPassword);

describe("a password that nobody knows", () => {
  it("is another each time", () => {
    expect(new Set(MANY).size).toBe(MANY.length);
  });

  it.each(["postgres", "mysql", "mariadb", "sqlserver", "oracle", "mongo", "redshift"])(
    "is one that %s takes",
    (name) => {
      const { min, max, forbidden } = engineTraits(name).traits.password;
      for (const password of MANY) {
        expect(password.length).toBeGreaterThanOrEqual(min);
        expect(password.length).toBeLessThanOrEqual(max);
        for (const character of forbidden) expect(password).not.toContain(character);
      }
    },
  );

  // ORA12C_STRONG_VERIFY_FUNCTION: https://docs.oracle.com/en/database/oracle/oracle-database/19/dbseg/configuring-authentication.html
  it("has two of each kind", () => {
    for (const kind of [/[a-z]/g, /[A-Z]/g, /[0-9]/g, /[-_]/g])
      for (const password of MANY) expect(password.match(kind)?.length).toBeGreaterThanOrEqual(2);
  });
});
