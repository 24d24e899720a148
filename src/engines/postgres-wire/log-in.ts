import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "pg";
import { KeyturnError } from "../../errors.js";
import type { ConnectRequest } from "../engine.js";

/** What of pg's client is needed here and not in its types. */
interface Connection extends EventEmitter {
  stream: Socket;
  attachListeners(stream: Duplex): void;
}

export function connectionOf(client: Client): Connection {
  return (client as Client & { connection: Connection }).connection;
}

/**
 * Fewer rounds than RFC 7677 lets a server announce make the proof nearly as easy to guess at as an md5 hash. More than
 * 100 000, with which a server could keep a client busy, pg itself refuses. https://www.rfc-editor.org/rfc/rfc7677#section-4
 */
const LEAST_ROUNDS = 4096;

/** How the password was proven. By SCRAM only where the server stores what is needed for it. */
export type Proof = "scram" | "other";

/**
 * Connects and logs in, by a proof of the password alone (SCRAM-SHA-256, in which the server proves that it knows it,
 * too): what else a server asks for is refused before anything of the password has gone out. Throws `PasswordAskedFor`, and
 * `NoPasswordAsked` where the server lets in whoever comes: a login there would prove nothing.
 */
export async function logIn(client: Client, mayAskFor: ConnectRequest["mayAskFor"]): Promise<Proof> {
  const connection = connectionOf(client);
  throwNothing(connection);
  let proof: Proof | undefined;
  const allowed = (leave: boolean, what: string, setting: string) => {
    if (leave) proof = "other";
    return leave ? undefined : askedFor(what, setting);
  };
  // pg puts its own listeners on the connection here, and answers nothing before this turn is over.
  const connecting = client.connect();
  inFront(connection, "authenticationCleartextPassword", () =>
    allowed(mayAskFor === "clear text", "the password in clear text", "clear text"),
  );
  inFront(connection, "authenticationMD5Password", () =>
    allowed(mayAskFor !== undefined, "an md5 hash of the password, which can be guessed at", "md5"),
  );
  inFront(connection, "authenticationSASLContinue", (message) => {
    const rounds = roundsIn((message as { data?: string }).data ?? "");
    return mayAskFor !== undefined || rounds >= LEAST_ROUNDS
      ? undefined
      : askedFor(`a proof of the password of ${rounds} rounds, which can be guessed at`, "md5");
  });
  // After pg's own, which rejects the login where the server's signature is not right.
  connection.on("authenticationSASLFinal", () => (proof = "scram"));
  await connecting;
  if (proof) return proof;
  throw new KeyturnError("UnsupportedError", {
    code: "NoPasswordAsked",
    message:
      'The server lets this user in without a proof of the password ("trust", "peer" or "cert" in pg_hba.conf), so that a ' +
      "rotation would prove nothing. Have it ask: scram-sha-256 in pg_hba.conf.",
  });
}

/** 0 where each is not said once, and in its place: of two, pg would take the other. https://www.rfc-editor.org/rfc/rfc5802#section-7 */
function roundsIn(serverFirst: string): number {
  return Number(/^r=[^,]+,s=[^,]+,i=(\d+)$/.exec(serverFirst)?.[1] ?? 0);
}

/** Lets a check look at a message before pg's own listeners, which hear nothing of one that is refused. */
function inFront(connection: Connection, event: string, check: (message: unknown) => KeyturnError | undefined): void {
  const listeners = connection.listeners(event);
  connection.removeAllListeners(event);
  connection.on(event, (message) => {
    const refusal = check(message);
    if (!refusal) for (const listener of listeners) listener.call(connection, message);
    else {
      connection.emit("error", refusal);
      connection.stream.destroy();
    }
  });
}

/** pg throws from within the socket's events at a message it does not know, which would end the process. */
function throwNothing(connection: Connection): void {
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const before = stream.listeners("data");
    attach(stream);
    for (const listener of stream.listeners("data").filter((one) => !before.includes(one))) {
      stream.removeListener("data", listener as () => void);
      stream.on("data", (chunk) => {
        try {
          listener.call(stream, chunk);
        } catch (error) {
          connection.emit("error", error);
          stream.destroy();
        }
      });
    }
  };
}

function askedFor(what: string, setting: string): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "PasswordAskedFor",
    message:
      `The server asks for ${what}. Nothing of it was sent. If this is the right server and it cannot do without, set ` +
      `"mayAskFor: ${setting}" for the schedule in keyturn.yml. Users who log in by IAM (rds_iam) are asked so, too: they ` +
      "have no password to rotate.",
  });
}
