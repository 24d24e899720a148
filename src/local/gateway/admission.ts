import type { IncomingMessage } from "node:http";

/** Why a request is turned away before its body is read. */
export interface Refusal {
  readonly status: 400 | 403;
  readonly type: string;
  readonly message: string;
}

/**
 * What browsers add and no SDK does. https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 * stands in the requests that carry no Origin, an image's for one. Node's own fetch adds Sec-Fetch-Mode only.
 */
const FROM_A_PAGE = ["origin", "referer", "sec-fetch-site"];

/**
 * Whether a request may come in at all, by what stands at its head: none from a web page, whether it calls this address
 * by its own name or by one that was made to point here (DNS rebinding), and none that can be read in two ways.
 */
export function refusalOf(
  { headers, headersDistinct, method, url = "" }: IncomingMessage,
  port: number,
): Refusal | undefined {
  const hosts = ["127.0.0.1", "localhost", "[::1]"].flatMap((name) => [
    `${name}:${port}`,
    // What a client leaves out, because it is the scheme's own.
    ...(port === 80 ? [name] : []),
  ]);
  if (!hosts.includes(String(headers.host).toLowerCase()))
    return forbidden(
      "The embedded cloud answers under 127.0.0.1, localhost and [::1], with its port, and no other name.",
    );
  if (FROM_A_PAGE.some((name) => name in headers) || method === "OPTIONS")
    return forbidden("The embedded cloud answers no web page.");
  const twice = Object.entries(headersDistinct).find(([, values]) => (values?.length ?? 0) > 1);
  if (twice) return unclear("A header stands twice in the request.");
  if (!isPlain(url)) return unclear("The request's address is not in its normal form.");
  return undefined;
}

/** Nothing that a parser would resolve, so that what was signed is what is served. */
function isPlain(target: string): boolean {
  if (!target.startsWith("/") || target.split("?", 1)[0]?.includes("//")) return false;
  try {
    const { pathname, search } = new URL(target, "http://localhost");
    return pathname + search === target;
  } catch {
    return false;
  }
}

const forbidden = (message: string): Refusal => ({ status: 403, type: "AccessDeniedException", message });
const unclear = (message: string): Refusal => ({ status: 400, type: "ValidationException", message });
