import { describe, expect, it } from "vitest";
import { server } from "../engines/oracle/server.js";

// Whoever may tag a secret says what its login asks. No Oracle is here to judge a statement: held is that it is asked as a
// query whatever it says, and what is made of the server's answers.

const asked = (statement: string) => `SELECT 1 FROM (${statement}\n) WHERE ROWNUM <= 1`;
const answered = (errorNum: number) =>
  server({
    login: "app",
    refuse: (sql) => sql.startsWith("SELECT 1 FROM (") && Object.assign(new Error("refused"), { errorNum }),
  });

describe("a probe on Oracle", () => {
  it("is asked for one row, in a READ ONLY transaction that is rolled back", async () => {
    const { session, changes } = server({ login: "app" });
    await session.probe(["SELECT N FROM HR.T -- so", "SELECT 2 FROM DUAL"]);
    expect(changes).toEqual([
      "SET TRANSACTION READ ONLY",
      asked("SELECT N FROM HR.T -- so"),
      asked("SELECT 2 FROM DUAL"),
      "ROLLBACK",
    ]);
  });

  it.each([
    "DROP TABLE orders",
    "INSERT INTO HR.T VALUES (1)",
    "BEGIN EXECUTE IMMEDIATE 'DROP TABLE orders'; END;",
    "CALL steal()",
    "SELECT 1 FROM DUAL) WHERE 1 = 1; DROP TABLE orders --",
    "COMMIT",
    "",
  ])("never reaches the server but inside of a query: %j", async (statement) => {
    const { session, changes } = answered(903);
    await expect(session.probe([statement])).rejects.toMatchObject({
      name: "InvalidSecretError",
      code: "ProbeRefused",
    });
    expect(changes).toEqual(["SET TRANSACTION READ ONLY", "ROLLBACK"]);
    const { session: blind, changes: sent } = server({ login: "app" });
    await blind.probe([statement]);
    expect(sent).toEqual(["SET TRANSACTION READ ONLY", asked(statement), "ROLLBACK"]);
  });

  it.each([900, 903, 907, 911, 933, 936, 1456, 3048, 32034])(
    "is refused where the server answers ORA-%i",
    async (number) => {
      await expect(answered(number).session.probe(["SELECT 1 FROM T FOR UPDATE"])).rejects.toMatchObject({
        code: "ProbeRefused",
        cause: { code: `ORA-${String(number).padStart(5, "0")}` },
      });
    },
  );

  it.each([942, 904, 1031])(
    "that the login may not ask is told as what it is (ORA-%i), and ends the others",
    async (number) => {
      const { session, changes } = answered(number);
      await expect(session.probe(["SELECT 1 FROM T", "SELECT 2 FROM T"])).rejects.toMatchObject({ errorNum: number });
      expect(changes).toEqual(["SET TRANSACTION READ ONLY", "ROLLBACK"]);
    },
  );
});
