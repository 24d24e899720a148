import { probeRefused } from "../refusals.js";
import type { Wire } from "./connect.js";

/**
 * A probe is asked as the query inside of `EXISTS (…)`, where the language has nothing that changes anything, and of
 * which one row at most is read. So that it cannot end the parentheses and go on with a statement of its own, the server
 * reads it alone first, without running it: what is whole alone is whole inside of them.
 *
 * There is no READ ONLY transaction; XACT_ABORT, so that whatever fails leaves none open.
 * https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/sys-dm-exec-describe-first-result-set-transact-sql
 */
export async function probe({ query }: Wire, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    const parameters = { probe: statement };
    const [read] = await query<Read>({ sql: READ, parameters });
    // What is no query has no columns.
    if (!read) throw probeRefused(ONE_QUERY);
    if (read.number) throw failed({ number: read.number, message: read.message });
    await query({ sql: ASK, parameters }).catch((error: unknown) => {
      throw failed(error as Failure);
    });
  }
}

interface Read {
  readonly number: number | null;
  readonly message: string;
}

interface Failure {
  readonly number?: number;
  readonly message: string;
}

const READ =
  "SELECT TOP (1) error_number AS number, error_message AS message FROM sys.dm_exec_describe_first_result_set(@probe, NULL, 0) " +
  "ORDER BY error_number DESC";

const ASK =
  "SET XACT_ABORT ON; DECLARE @asked nvarchar(max) = N'SELECT CASE WHEN EXISTS (' + @probe + NCHAR(10) + N') THEN 1 END'; " +
  "BEGIN TRANSACTION; EXEC sys.sp_executesql @asked; ROLLBACK;";

/**
 * The parser's errors: 102 to 199 and their like; 1033 and 1039 for what does not go into a subquery; 10729 for a change
 * in it; 11500 and on for what cannot be described, as dynamic statements and temporary tables.
 * https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 */
function isOfText(number: number): boolean {
  return (
    (number >= 101 && number <= 199) ||
    (number >= 1001 && number <= 1099) ||
    (number >= 10700 && number <= 10799) ||
    (number >= 11501 && number <= 11540) ||
    number === 319 ||
    number === 343
  );
}

function failed(error: Failure): unknown {
  const { number = 0, message } = error;
  return isOfText(number)
    ? probeRefused(ONE_QUERY, { name: "DatabaseError", code: String(number), message: "" })
    : error instanceof Error
      ? error
      : Object.assign(new Error(message), { number });
}

const ONE_QUERY =
  "It must be one SELECT that fits into a subquery: no second statement, no WITH before it, no ORDER BY without TOP, no INTO.";
