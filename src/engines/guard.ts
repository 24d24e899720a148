import { type CleanCause, KeyturnError } from "../errors.js";
import type { Classification, ConnectRequest, Engine, Session } from "./engine.js";
import { classifyNetworkError } from "./network-errors.js";
import { redactor } from "./redact.js";

/**
 * Puts a guard around an engine: nothing takes longer than it may, and what is thrown is ours, by the engine's table,
 * with every known password taken out. The driver's own error never goes further, because it may quote a statement.
 */
export function guarded(engine: Engine): Engine {
  return {
    ...engine,
    async connect(request) {
      const redact = redactor([request.credential.password]);
      const session = await watched(engine, redact, request.connectTimeoutMs, () => engine.connect(request)).catch(
        (error: KeyturnError) => Promise.reject(error.name === "AccessDeniedError" ? notLetIn(error) : error),
      );
      return guardedSession(engine, session, request, redact);
    },
  };
}

function guardedSession(
  engine: Engine,
  session: Session,
  { statementTimeoutMs }: ConnectRequest,
  redact: Redact,
): Session {
  /** Twice the time of one statement: a method may run a few, each of which the server itself cuts off. */
  const run = <Result>(work: () => Promise<Result>, ...passwords: string[]) =>
    watched(engine, redactor(passwords, redact), statementTimeoutMs * 2, work);
  return {
    whoAmI: () => run(() => session.whoAmI()),
    isSuperuser: () => run(() => session.isSuperuser()),
    changeOwnPassword: (request) => run(() => session.changeOwnPassword(request), request.password),
    setPassword: (request) => run(() => session.setPassword(request), request.password),
    ...(session.addPassword
      ? {
          addPassword: (request) => run(() => (session.addPassword as Add)(request), request.password, request.current),
        }
      : {}),
    pair: () => run(() => session.pair()),
    alternate: (request) => run(() => session.alternate(request), request.password),
    retire: (request) => run(() => session.retire(request), "keep" in request ? request.keep.password : ""),
    ...(session.sessionsOf
      ? { sessionsOf: (username) => run(() => (session.sessionsOf as SessionsOf)(username)) }
      : {}),
    ...(session.rehearse ? { rehearse: (change) => run(() => (session.rehearse as Rehearse)(change)) } : {}),
    probe: (statements) => run(() => session.probe(statements)),
    async close() {
      await Promise.race([session.close().catch(() => undefined), delay(CLOSE_MS).promise]);
    },
  };
}

type Add = NonNullable<Session["addPassword"]>;
type SessionsOf = NonNullable<Session["sessionsOf"]>;
type Rehearse = NonNullable<Session["rehearse"]>;
type Redact = (text: string) => string;

/** Milliseconds: a server that does not answer a goodbye is left without one. */
const CLOSE_MS = 2_000;
/** Beyond the driver's own time-out, which gives the better message. */
const GRACE_MS = 500;

async function watched<Result>(
  engine: Engine,
  redact: Redact,
  ms: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = delay(ms + GRACE_MS);
  try {
    return await Promise.race([work(), timer.promise.then(() => Promise.reject(timedOut(ms)))]);
  } catch (error) {
    throw ours(engine, redact, error);
  } finally {
    timer.cancel();
  }
}

function ours(engine: Engine, redact: Redact, error: unknown): KeyturnError {
  if (error instanceof KeyturnError) return error;
  const { name, code, message } = (error ?? {}) as { name?: string; code?: unknown; message?: string };
  const row: Classification = engine.classify(error) ?? classifyNetworkError(error) ?? UNKNOWN;
  const cause: CleanCause = {
    name: name ?? "Error",
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    ...(typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? { sqlState: code } : {}),
    message: redact(message ?? ""),
  };
  return new KeyturnError(row.name, { code: row.code, message: redact(row.message), cause });
}

const UNKNOWN: Classification = {
  name: "InternalError",
  code: "UnexpectedDriverError",
  message:
    "The database answered with an error that Keyturn does not know. The cause in the function's log has its code.",
};

/**
 * That a login may not do something is said of one that got in: then an admin does it instead. Who owns a database, or a
 * trigger of the login's own, may keep it out, which proves nothing of the password.
 */
function notLetIn({ cause }: KeyturnError): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "NotLetIn",
    message:
      'The login is not let into the database. Look at "dbname" in the secret, and grant the login there what it takes to ' +
      "connect; a trigger may keep it out, too.",
    ...(cause ? { cause: cause as CleanCause } : {}),
  });
}

function timedOut(ms: number): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "DatabaseTimeout",
    message: `The database gave no answer within ${ms / 1000} seconds. It is tried again by itself; see that it is up and not locked.`,
  });
}

function delay(ms: number): { promise: Promise<void>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    timer.unref();
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
