import type { Context, MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Door } from "./door.js";

/** What every answer says, refusals too. No script and no style but the files of `assets`, and nobody's frame. */
export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: "DENY",
  // With "no-referrer" browsers send a form's Origin as null: https://fetch.spec.whatwg.org/#append-a-request-origin-header
  referrerPolicy: "same-origin",
  // It is no https.
  strictTransportSecurity: false,
});

/** Nothing of it is kept by a browser, or by what stands before it. */
export const unkept: MiddlewareHandler = async (context, next) => {
  await next();
  context.header("Cache-Control", "no-store");
};

/** Lets through what this console's own pages, or a person's address line, ask for; the reason why not goes to whoever asked. */
export function guard(door: Door): MiddlewareHandler {
  return async (context, next) => {
    const refusal = refusalOf(door, context);
    return refusal ? context.text(`${refusal[1]}\n`, refusal[0]) : next();
  };
}

/** The path that lets somebody in; there is no session yet. */
export const ENTRY = "/enter";
export const COOKIE = "keyturn";

function refusalOf(door: Door, { req }: Context): readonly [status: 403 | 404 | 405 | 421, why: string] | undefined {
  // A name that somebody else's page was loaded under and that now leads here.
  if (req.header("Host") !== door.host) return [421, `This console answers to ${door.host} alone.`];
  if (req.method !== "GET" && req.method !== "POST") return [405, "GET and POST are understood."];
  const origin = req.header("Origin");
  if (origin === undefined ? req.method === "POST" : origin !== door.origin)
    return [403, "That did not come from a page of this console."];
  // Of browsers only; https://www.w3.org/TR/fetch-metadata/
  if (!["same-origin", "none"].includes(req.header("Sec-Fetch-Site") ?? "none"))
    return [403, "That came from another page. Type or paste the URL into the address line."];
  if (!req.path.startsWith(`${door.base}/`)) return [404, "There is nothing here."];
  if (req.path === `${door.base}${ENTRY}`) return undefined;
  if (!door.isIn(sessionsOf(req.header("Cookie"))))
    return [403, "Open the URL that keyturn console printed. It is of use once: end the command and start it again."];
  return undefined;
}

/** More than one where another port of this host has set its own. */
function sessionsOf(cookies = ""): string[] {
  return cookies.split("; ").flatMap((one) => (one.startsWith(`${COOKIE}=`) ? [one.slice(COOKIE.length + 1)] : []));
}
