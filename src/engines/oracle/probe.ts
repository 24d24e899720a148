import type { KeyturnError } from "../../errors.js";
import { probeRefused } from "../refusals.js";
import type { Wire } from "./connect.js";
import { numbersOf } from "./errors.js";

/**
 * A probe is asked as the query that another selects one row from. Oracle runs one statement at a time, and what begins
 * so is a query whatever stands in the parentheses, so that nothing but a query is ever run: DDL, which would commit by
 * itself, is an error of its syntax. In a READ ONLY transaction, in which FOR UPDATE is one as well.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SET-TRANSACTION.html
 */
export async function probe({ execute }: Wire, statements: readonly string[]): Promise<void> {
  await execute("SET TRANSACTION READ ONLY");
  try {
    for (const statement of statements) await execute(`SELECT 1 FROM (${statement}\n) WHERE ROWNUM <= 1`);
  } catch (error) {
    await execute("ROLLBACK").catch(() => undefined);
    throw numbersOf(error).some(isOfText) ? refused(error) : error;
  }
  await execute("ROLLBACK");
}

/**
 * Errors of the parser, ORA-00900 to 00999 but for what is not there or may not be read (942, 904), and of a change in a
 * READ ONLY transaction. https://docs.oracle.com/en/error-help/db/
 */
function isOfText(number: number): boolean {
  if (number >= 900 && number <= 999) return number !== 904 && number !== 942;
  return [1456, 1729, 1742, 1747, 1756, 3001, 3048, 3049, 3050, 32034].includes(number);
}

function refused(error: unknown): KeyturnError {
  const [number] = numbersOf(error);
  return probeRefused("It must be one SELECT that another may select from: no call, no FOR UPDATE, no semicolon.", {
    name: "DatabaseError",
    code: `ORA-${String(number).padStart(5, "0")}`,
    message: "",
  });
}
