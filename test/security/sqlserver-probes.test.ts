import { describe, expect, it } from "vitest";
import { type Answer, server } from "../engines/sqlserver/server.js";

// Whoever may tag a secret says what its login asks. No SQL Server is here to judge a statement: held is that it judges,
// what it is asked, and that nothing runs without its leave.

const described: Answer = { about: "dm_exec_describe_first_result_set", rows: [{ number: null, message: null }] };
const complains = (number: number): Answer => ({ ...described, rows: [{ number, message: "Incorrect syntax" }] });

describe("a probe on SQL Server", () => {
  it("is read by the server alone, then asked inside of EXISTS, in a transaction that is rolled back", async () => {
    const { session, sent } = server([described]);
    const probe = "SELECT id FROM dbo.orders WHERE note = N'it''s' -- so";
    await session.probe([probe]);
    expect(sent).toEqual([
      {
        sql: expect.stringContaining("FROM sys.dm_exec_describe_first_result_set(@probe, NULL, 0)"),
        parameters: { probe },
      },
      {
        sql:
          "SET XACT_ABORT ON; DECLARE @asked nvarchar(max) = N'SELECT CASE WHEN EXISTS (' + @probe + NCHAR(10) + N') THEN 1 END'; " +
          "BEGIN TRANSACTION; EXEC sys.sp_executesql @asked; ROLLBACK;",
        parameters: { probe },
      },
    ]);
  });

  it.each([
    "DROP TABLE orders",
    "SELECT 1) THEN 1 END; DROP TABLE orders; SELECT CASE WHEN EXISTS (SELECT 1",
    "EXEC sp_configure",
    "COMMIT",
    "",
  ])("that the server does not read as a query runs nothing: %j", async (probe) => {
    for (const answer of [complains(102), { ...described, rows: [] }]) {
      const { session, sent, statements } = server([answer]);
      await expect(session.probe([probe])).rejects.toMatchObject({ name: "InvalidSecretError", code: "ProbeRefused" });
      expect(statements).toEqual([]);
      for (const { sql } of sent) expect(sql).not.toContain(probe || "EXISTS");
    }
  });

  it.each([
    [102, "a second statement, which is no part of a query"],
    [156, "INTO, WITH, FOR"],
    [1033, "ORDER BY"],
    [10729, "a change with OUTPUT"],
  ])("that the server does not take for a subquery is refused (error %i: %s)", async (refusal) => {
    const { session } = server([described], { refusal });
    await expect(session.probe(["SELECT 1; DROP TABLE orders"])).rejects.toMatchObject({ code: "ProbeRefused" });
  });

  it("that the login may not ask is told as what it is, and ends the others", async () => {
    const { session, sent } = server([described], { refusal: 229 });
    await expect(session.probe(["SELECT 1 FROM secret", "SELECT 2"])).rejects.toMatchObject({ number: 229 });
    expect(sent).toHaveLength(2);
    const early = server([complains(229)]);
    await expect(early.session.probe(["SELECT 1 FROM secret"])).rejects.toMatchObject({ number: 229 });
  });
});
