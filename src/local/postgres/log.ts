/** Logins as a server saw them. */
export interface Logins {
  readonly ok: readonly Login[];
  readonly failed: readonly Login[];
}

export interface Login {
  readonly user: string;
  /** What the client called itself; unknown for a login that failed. */
  readonly application: string | undefined;
  readonly at: Date;
}

const LINE = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) UTC\|\d+\|(\w{5})\|(?:LOG|FATAL): {2}(.*)$/gm;

/** Reads the logins since a moment from the text of a log with the prefix `%m|%p|%e|`. */
export function loginsIn(log: string, since: Date): Logins {
  const ok: Login[] = [];
  const failed: Login[] = [];
  for (const [, time = "", state = "", message = ""] of log.matchAll(LINE)) {
    const at = new Date(`${time.replace(" ", "T")}Z`);
    if (at < since) continue;
    const authorized =
      /^connection authorized: user=(.*?) database=.*?(?: application_name=(\S+))?(?: SSL enabled.*)?$/.exec(message);
    if (authorized) ok.push({ user: authorized[1] as string, application: authorized[2], at });
    const refused = state.startsWith("28") ? /for user "(.*)"/.exec(message) : null;
    if (refused) failed.push({ user: refused[1] as string, application: undefined, at });
  }
  return { ok, failed };
}
