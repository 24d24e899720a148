import { Logger } from "@aws-lambda-powertools/logger";

/** What of Lambda's context a line says: which function, which invocation. */
export type LambdaContext = Parameters<Logger["addContext"]>[0];

/** What an invocation is about. Identifiers only: whatever stands here is written down. */
export interface Identified {
  readonly phase: string;
  /** Of the execution that it works for: the correlation id of its lines. */
  readonly executionArn?: string | undefined;
  readonly [name: string]: unknown;
}

/** The level is fixed: at DEBUG nothing more is to be known, and a variable in somebody's console must not change what is logged. */
const logger = new Logger({ logLevel: "INFO" });

/** As long as the longest identifier, an ARN with what a requester called a secret. */
const LONGEST = 2_048;

/** Begins the lines of an invocation; nothing of the one before is left in them. */
export function begin(context: LambdaContext | undefined): void {
  logger.resetKeys();
  if (context) logger.addContext(context);
}

/** From here on each line says what it is about. */
export function about({ executionArn, ...identifiers }: Identified): void {
  if (executionArn) logger.setCorrelationId(bounded(executionArn));
  logger.appendKeys(Object.fromEntries(Object.entries(identifiers).map(([name, value]) => [name, bounded(value)])));
}

/** An identifier may be what somebody wrote instead of one. */
function bounded(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, LONGEST);
  return typeof value === "object" && value !== null ? "not an identifier" : value;
}

export const log = {
  done: (more: Readonly<Record<string, unknown>>) => logger.info("done", more),
  odd: (more: Readonly<Record<string, unknown>>) => logger.warn("nothing done", more),
  failed: (more: Readonly<Record<string, unknown>>) => logger.error("failed", more),
};
