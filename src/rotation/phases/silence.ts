import { setTimeout as sleep } from "node:timers/promises";
import { KeyturnError } from "../../errors.js";
import type { RotatePlan } from "../plans.js";
import type { Databases, Reach } from "../ports.js";

/** The code of a rotation that ended because the server gave no answer, before anything was changed there. */
export const SERVER_SILENT = "ServerSilent";

/** Codes of a login at a server that has said nothing: by the network's word, or because it was waited for in vain. */
const SILENT: readonly string[] = ["ConnectionRefused", "HostUnreachable", "HostNotFound"];
const IN_VAIN: readonly string[] = ["ConnectTimeout", "DatabaseTimeout"];

/** Well within the phase's own time-out, and as long as most fail-overs take. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 2_000;

interface Patience {
  /** Milliseconds. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

/**
 * For the first try of a phase that a schedule asks for, and will ask for again: where the server gives the first login no
 * answer for a while, the phase fails for good as `ServerSilent`, and nothing was changed there. Not tried again state by
 * state, a server that hangs holds up nobody else; where others found it silent before, one login is enough.
 */
export function unlessSilent(
  reach: Reach,
  { plan, attempt, isSet = false }: { readonly plan: RotatePlan; readonly attempt: number; readonly isSet?: boolean },
  { now, wait }: Patience = { now: () => performance.now(), wait: sleep },
): Reach {
  if (plan.request.trigger !== "schedule" || attempt > 0 || (isSet && plan.resumed)) return reach;
  let first = true;
  const login: Databases["login"] = async (access, options) => {
    if (!first) return reach.databases.login(access, options);
    first = false;
    const until = now() + (plan.serverWasSilent ? 0 : PATIENCE_MS);
    for (;;) {
      try {
        return await reach.databases.login(access, options);
      } catch (error) {
        const { ownersMayDelayLogins = false } = reach.databases.engine(access.engine).traits;
        if (!isSilence(error, ownersMayDelayLogins)) throw error;
        if (now() + PAUSE_MS >= until) throw silent(plan, error);
        await wait(PAUSE_MS);
      }
    }
  };
  return { ...reach, databases: { ...reach.databases, login } };
}

function isSilence(error: unknown, ownersMayDelayLogins: boolean): error is KeyturnError {
  if (!(error instanceof KeyturnError)) return false;
  return SILENT.includes(error.code) || (IN_VAIN.includes(error.code) && !ownersMayDelayLogins);
}

function silent({ server }: RotatePlan, { code, message, cause }: KeyturnError): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: SERVER_SILENT,
    message:
      `The database server ${server} gave no answer, so nothing was changed there, and its schedule asks again. ` +
      message.replace(`${code}: `, ""),
    ...(cause ? { cause } : {}),
  });
}
