import type { Wire } from "./connect.js";

/** What is used of an operation, or an idle connection, that `currentOp` tells. */
interface Operation {
  readonly active?: boolean;
  readonly connectionId?: number;
  readonly client?: string;
  readonly effectiveUsers?: ReadonlyArray<{ readonly user: string; readonly db: string }>;
}

/**
 * Needs the action `inprog` (role clusterMonitor): others are refused. Not every server says whose its idle connections
 * are; where none is said to be anybody's, it is not known.
 * https://www.mongodb.com/docs/manual/reference/command/currentOp/
 */
export async function sessionsOf(wire: Wire, username: string): Promise<number | undefined> {
  const { inprog } = await wire.command({ currentOp: 1, $all: true, $db: "admin" });
  const ofUsers = (inprog as Operation[]).filter(({ effectiveUsers = [] }) => effectiveUsers.length > 0);
  if (ofUsers.every(({ active }) => active)) return undefined;
  const theirs = ofUsers.filter(({ effectiveUsers = [] }) =>
    effectiveUsers.some(({ user, db }) => user === username && db === wire.database),
  );
  const connections = new Set(theirs.map(({ connectionId, client }) => connectionId ?? client));
  return connections.size - (username === wire.username ? 1 : 0);
}
