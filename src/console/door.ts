import { randomBytes, timingSafeEqual } from "node:crypto";

/** Who is let in to the console: whoever was given the URL, once; then the browser that used it. */
export interface Door {
  /** `127.0.0.1:40123`; no other name is answered, whatever it resolves to. */
  readonly host: string;
  /** `http://127.0.0.1:40123` */
  readonly origin: string;
  /** What every path begins with. */
  readonly base: string;
  /** What a person is to open; of use once. */
  readonly url: string;
  /** Gives the session of whoever brings the token first, and nobody one after that. */
  enter(token: string): string | undefined;
  /** Whether one of these is the session. */
  isIn(sessions: readonly string[]): boolean;
}

/**
 * A cookie goes to every port of a host (https://www.rfc-editor.org/rfc/rfc6265#section-8.5), so also to what another user of
 * the machine serves on 127.0.0.1. Its path keeps it from there: nobody else serves this one.
 */
export function door(port: number): Door {
  const [token, session, place] = [secret(), secret(), secret()];
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  const base = `/${place}`;
  let isUsed = false;
  return {
    host,
    origin,
    base,
    url: `${origin}${base}/enter?token=${token}`,
    enter(brought) {
      if (isUsed || !same(brought, token)) return undefined;
      isUsed = true;
      return session;
    },
    isIn: (sessions) => isUsed && sessions.some((one) => same(one, session)),
  };
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
