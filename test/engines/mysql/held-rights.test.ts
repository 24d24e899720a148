import { describe, expect, it } from "vitest";
import { grantsIn } from "../../../src/engines/mysql-wire/grant.js";
import { type Granted, grantedBy, holds, mayGrant } from "../../../src/engines/mysql-wire/held-rights.js";
import { isAllPowerful } from "../../../src/engines/mysql-wire/superuser.js";

const own = (...rows: string[]) => rows.map(grantedBy).filter((grant) => grant !== undefined);
const ADMIN = "TO `admin`@`%`";

describe("a row of SHOW GRANTS", () => {
  it.each<[string, Granted | undefined]>([
    [
      "GRANT SELECT, INSERT ON `shop`.* TO `a`@`%` WITH GRANT OPTION",
      { privileges: ["SELECT", "INSERT"], database: "shop", object: "*", grantable: true },
    ],
    [
      "GRANT SELECT (`id`, `na)me`), CREATE USER ON `o``b`.`t.1` TO `a`@`%`",
      { privileges: ["SELECT", "CREATE USER"], database: "o`b", object: "t.1", grantable: false },
    ],
    [
      "GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `a`@`%`",
      { privileges: ["EXECUTE"], database: "shop", object: "p", grantable: false },
    ],
    [
      "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*AB' REQUIRE SSL WITH MAX_USER_CONNECTIONS 5 GRANT OPTION",
      { privileges: ["USAGE"], database: "*", object: "*", grantable: true },
    ],
    ["GRANT `role`@`%` TO `a`@`%`", undefined],
    ["GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", undefined],
  ])("%s", (row, found) => {
    expect(grantedBy(row)).toEqual(found);
  });
});

describe("an admin", () => {
  const wanted = "GRANT SELECT, INSERT ON `shop_1`.* TO `app`@`%`";
  it.each<[boolean, string[], string]>([
    [true, [`GRANT SELECT, INSERT ON \`shop_1\`.* ${ADMIN} WITH GRANT OPTION`], wanted],
    [true, [`GRANT ALL PRIVILEGES ON *.* ${ADMIN} WITH GRANT OPTION`], wanted],
    [true, [`GRANT ALL PRIVILEGES ON \`shop%\`.* ${ADMIN} WITH GRANT OPTION`], wanted],
    [true, [`GRANT INSERT ON *.* ${ADMIN}`, `GRANT SELECT ON \`shop_1\`.* ${ADMIN} WITH GRANT OPTION`], wanted],
    [false, [`GRANT SELECT, INSERT ON \`shop_1\`.* ${ADMIN}`], wanted],
    [false, [`GRANT SELECT ON \`shop_1\`.* ${ADMIN} WITH GRANT OPTION`], wanted],
    [false, [`GRANT SELECT, INSERT ON \`other\`.* ${ADMIN} WITH GRANT OPTION`], wanted],
    [false, [`GRANT SELECT, INSERT ON \`shop_1\`.\`orders\` ${ADMIN} WITH GRANT OPTION`], wanted],
    [
      false,
      [`GRANT ALL PRIVILEGES ON \`shop\\_1\`.* ${ADMIN} WITH GRANT OPTION`],
      "GRANT SELECT ON `shopx1`.* TO `app`@`%`",
    ],
    [
      false,
      [`GRANT SELECT, INSERT ON \`shop_1\`.\`t\` ${ADMIN} WITH GRANT OPTION`],
      "GRANT SELECT ON `shopx1`.`t` TO `app`@`%`",
    ],
    [
      true,
      [`GRANT SELECT, INSERT ON \`shop_1\`.\`t\` ${ADMIN} WITH GRANT OPTION`],
      "GRANT SELECT ON `shop_1`.`t` TO `app`@`%`",
    ],
    [true, [], "GRANT USAGE ON *.* TO `app`@`%`"],
    [false, [], "GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`"],
  ])("may (%s) with %j hand on %s", (may, rows, row) => {
    expect(mayGrant(own(...rows), grantedBy(row) as Granted)).toBe(may);
  });

  it("that may change mysql.user may manage users", () => {
    const user = { database: "mysql", object: "user" };
    expect(holds(own(`GRANT SELECT, UPDATE ON \`mysql\`.* ${ADMIN}`), "UPDATE", user)).toBe(true);
    expect(holds(own(`GRANT SELECT ON \`mysql\`.* ${ADMIN}`), "UPDATE", user)).toBe(false);
  });
});

describe("who may do everything", () => {
  it.each<[boolean, string]>([
    [true, "GRANT INSERT ON `my_%`.* TO `app`@`%`"],
    [true, "GRANT INSERT ON `mysql`.`user` TO `app`@`%`"],
    [false, "GRANT INSERT ON `my_%`.`user` TO `app`@`%`"],
    [false, "GRANT EXECUTE, ALTER ROUTINE ON PROCEDURE `my_%`.`p` TO `app`@`%`"],
    [true, "GRANT INSERT ON *.* TO PUBLIC"],
    [true, "GRANT UPDATE ON `mysql`.* TO PUBLIC WITH GRANT OPTION"],
    [false, "GRANT SELECT ON `shop`.* TO PUBLIC WITH GRANT OPTION"],
  ])("%s: %s", (may, row) => {
    expect(isAllPowerful(grantsIn(row))).toBe(may);
  });

  it("is not told of a row that is not understood", () => {
    expect(() => isAllPowerful(grantsIn("DENY SELECT ON *.* TO `app`@`%`"))).toThrow("SHOW GRANTS");
  });
});
