import { type CleanCause, KeyturnError, parseMessage } from "../errors.js";
import type { Classification, ConnectRequest, Engine, Session } from "./engine.js";
import { AGAIN } from "./error-rows.js";
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
      const sockets: Array<{ readonly bytesRead: number }> = [];
      const onSocket = (socket: { readonly bytesRead: number }) => void sockets.push(socket);
      const connect = () => timed(request.connectTimeoutMs, () => engine.connect({ ...request, onSocket }));
      const hasSpoken = () => sockets.some(({ bytesRead }) => bytesRead > 0);
      const session = await redacted(redact, () => letIn(() => heard(hasSpoken, () => translated(engine, connect))));
      return guardedSession(engine, session, request, redact);
    },
  };
}

/** Of each method the arguments that are secrets. One that is not listed here is a type error. */
export type Secrets<Methods> = {
  readonly [Name in Exclude<keyof Methods, "close">]-?: (
    ...args: Parameters<Extract<Methods[Name], (...args: never[]) => unknown>>
  ) => readonly string[];
};

export const SECRETS: Secrets<Session> = {
  whoAmI: () => [],
  isSuperuser: () => [],
  changeOwnPassword: ({ password }) => [password],
  setPassword: ({ password }) => [password],
  addPassword: ({ password, current }) => [password, current],
  pair: () => [],
  alternate: ({ password }) => [password],
  retire: (request) => ("keep" in request ? [request.keep.password] : []),
  sessionsOf: () => [],
  rehearse: () => [],
  probe: () => [],
};

type Redact = (text: string) => string;
type Method = (...args: never[]) => Promise<unknown>;
type SecretsIn = (...args: never[]) => readonly string[];

function guardedSession(
  engine: Engine,
  session: Session,
  { statementTimeoutMs }: ConnectRequest,
  redact: Redact,
): Session {
  /** Twice the time of one statement: a method may run a few, each of which the server itself cuts off. */
  const run = (secrets: readonly string[], work: () => Promise<unknown>) =>
    redacted(redactor(secrets, redact), () => translated(engine, () => timed(statementTimeoutMs * 2, work)));
  const methods = Object.entries(SECRETS).flatMap(([name, secretsIn]: [string, SecretsIn]) => {
    const method = session[name as keyof Session] as Method | undefined;
    if (!method) return [];
    const guard: Method = (...args) => run(secretsIn(...args), () => method.apply(session, args));
    return [[name, guard]];
  });
  const close = async () => {
    await Promise.race([session.close().catch(() => undefined), delay(CLOSE_MS).promise]);
  };
  return { ...(Object.fromEntries(methods) as Omit<Session, "close">), close };
}

/** Milliseconds: a server that does not answer a goodbye is left without one. */
const CLOSE_MS = 2_000;
/** Beyond the driver's own time-out, which gives the better message. */
const GRACE_MS = 500;

/** Leaves work that takes too long to itself. */
async function timed<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  const timer = delay(ms + GRACE_MS);
  try {
    return await Promise.race([work(), timer.promise.then(() => Promise.reject(timedOut(ms)))]);
  } finally {
    timer.cancel();
  }
}

/** Makes an error of the driver's one of ours, by the engine's table. Its text is not redacted yet. */
async function translated<Result>({ classify }: Engine, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyturnError) throw error;
    const row = classify(error) ?? classifyNetworkError(error) ?? UNKNOWN;
    throw new KeyturnError(row.name, { code: row.code, message: row.message, cause: causeOf(error) });
  }
}

/** Takes secrets out of the error of ours that is thrown, whoever wrote its text. */
async function redacted<Result>(redact: Redact, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { name, code, message, cause } = error as KeyturnError;
    const text = redact(message);
    const clean = cause && { ...cause, message: redact(cause.message) };
    if (text === message && clean?.message === cause?.message) throw error;
    throw new KeyturnError(name, { code, message: parseMessage(text).text, ...(clean ? { cause: clean } : {}) });
  }
}

/**
 * That a login may not do something is said of one that got in: then an admin does it instead. Who owns a database, or a
 * trigger of the login's own, may keep it out, which proves nothing of the password.
 */
async function letIn<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { name, cause } = error as KeyturnError;
    if (name !== "AccessDeniedError") throw error;
    throw new KeyturnError("InvalidSecretError", {
      code: "NotLetIn",
      message:
        'The login is not let into the database. Look at "dbname" in the secret, and grant the login there what it takes to ' +
        "connect; a trigger may keep it out, too.",
      ...(cause ? { cause } : {}),
    });
  }
}

/** A server that has spoken and then makes a login wait is not silent: who owns a database may hold its lock. */
async function heard<Result>(hasSpoken: () => boolean, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { name, code, cause } = error as KeyturnError;
    if (!LATE.includes(code) || !hasSpoken()) throw error;
    throw new KeyturnError(name, {
      code: "LoginDelayed",
      message: `The server answered, and then let the login wait. ${AGAIN} See whether something holds a lock on the database.`,
      ...(cause ? { cause } : {}),
    });
  }
}

const LATE: readonly string[] = ["ConnectTimeout", "DatabaseTimeout"];

/** The driver's code, with the server's number where that is another. */
function causeOf(error: unknown): CleanCause {
  const { name = "Error", code, number, message = "" } = (error ?? {}) as Thrown;
  const told = [code, number].filter((one) => typeof one === "string" || typeof one === "number").join(" ");
  return {
    name,
    ...(told ? { code: told } : {}),
    ...(typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? { sqlState: code } : {}),
    message,
  };
}

interface Thrown {
  readonly name?: string;
  readonly code?: unknown;
  readonly number?: unknown;
  readonly message?: string;
}

const UNKNOWN: Classification = {
  name: "InternalError",
  code: "UnexpectedDriverError",
  message:
    "The database answered with an error that Keyturn does not know. The cause in the function's log has its code.",
};

function timedOut(ms: number): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "DatabaseTimeout",
    message: `The database gave no answer within ${ms / 1000} seconds. ${AGAIN} See that it is up and not locked.`,
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
