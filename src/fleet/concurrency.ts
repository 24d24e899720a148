import { AT_ONCE_PER_SERVER } from "../rotation/brakes.js";
import type { Rules } from "../rotation/rules.js";
import type { Fleet } from "./page.js";

/** An inline Map's limit. https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MOST_AT_ONCE = 40;

export function concurrencyOf({ concurrency = 10 }: Fleet): number {
  return Math.min(Math.max(1, Math.trunc(concurrency)), MOST_AT_ONCE);
}

/** So many of these that few are started only to find their server's door closed; a server that is not known counts as one of its own. */
export function mostAtOnce(
  servers: ReadonlyArray<string | undefined>,
  { atOncePerServer = AT_ONCE_PER_SERVER }: Rules,
): number {
  const counts = new Map<string, number>();
  for (const server of servers) if (server) counts.set(server, (counts.get(server) ?? 0) + 1);
  const known = [...counts.values()].reduce((all, count) => all + Math.min(count, atOncePerServer), 0);
  return known + servers.filter((server) => server === undefined).length;
}
