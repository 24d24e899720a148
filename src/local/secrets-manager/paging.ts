import { ServiceError } from "../service.js";

/** What a paged operation is asked for. */
export interface PageRequest {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

const DEFAULT_SIZE = 100;

/**
 * A page of `items`, which are in the same order each time. The token names the last item of the page before, so that
 * items made or deleted between two pages make no other item appear twice.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: PageRequest,
): { items: T[]; next?: string | undefined } {
  const start = request.NextToken === undefined ? 0 : after(items.map(keyOf), request.NextToken);
  const size = request.MaxResults ?? DEFAULT_SIZE;
  const shown = items.slice(start, start + size);
  const last = shown.at(-1);
  return {
    items: shown,
    next: last !== undefined && start + size < items.length ? encode(start + size, keyOf(last)) : undefined,
  };
}

/** The position is for the case that the item the token names is gone. */
function encode(position: number, key: string): string {
  return Buffer.from(JSON.stringify([position, key])).toString("base64url");
}

function after(keys: readonly string[], token: string): number {
  const [position, key] = decode(token);
  const found = keys.indexOf(key);
  return found >= 0 ? found + 1 : position;
}

function decode(token: string): [number, string] {
  try {
    const [position, key] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Number.isInteger(position) && position >= 0 && typeof key === "string") return [position, key];
  } catch {}
  throw new ServiceError("InvalidNextTokenException", "The NextToken value is invalid.");
}
