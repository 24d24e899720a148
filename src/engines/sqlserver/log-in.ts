import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Connection } from "tedious";

/** What of tedious' connection is needed here and not in its types. */
interface Inside {
  createTokenStreamParser(message: unknown, handler: Handler): EventEmitter & { readonly parser: EventEmitter };
  readonly socket?: Socket;
}

interface Handler {
  onPacketSizeChange(token: { readonly newValue: number }): void;
}

/** What a server says of a failure, by its number. */
interface Said {
  readonly number: number;
  readonly message: string;
}

/** That name or password are wrong: servers say so last, and of other reasons not to let one in as well. */
const REFUSED = 18456;

/**
 * Logs in. The driver's own error of a refused login has no number, only the text of what the server said last: thrown is what
 * it said first that is something else than `REFUSED`.
 */
export async function logIn(connection: Connection): Promise<void> {
  const said: Said[] = [];
  const hear = (message: Said) => void said.push(message);
  connection.on("errorMessage", hear);
  let loggingIn = true;
  throwNothing(connection, () => loggingIn);
  try {
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    const first = said.find(({ number }) => number !== REFUSED) ?? said[0];
    throw first ? Object.assign(new Error(first.message), { code: "ELOGIN", number: first.number }) : error;
  } finally {
    loggingIn = false;
    connection.off("errorMessage", hear);
  }
}

/**
 * The driver throws from within a stream's events at a token that it does not know, or not there, which would end the process;
 * with packets of no length it would send for ever; and a login that breaks off it would wait for as long as it may take. Each is
 * an error of the login, or of the statement, that it is in.
 */
function throwNothing(connection: Connection, isLoggingIn: () => boolean): void {
  const inside = connection as unknown as Inside;
  const create = inside.createTokenStreamParser.bind(connection);
  inside.createTokenStreamParser = (message, handler) => {
    const { socket } = inside;
    const change = handler.onPacketSizeChange.bind(handler);
    handler.onPacketSizeChange = (token) => {
      if (!(token.newValue >= SMALLEST_PACKET)) throw new Error("The server asks for packets that are too small.");
      change(token);
    };
    const tokens = create(message, handler);
    // Who logs in waits for the tokens to end, or for an error of theirs; who waits for a statement is told by the socket.
    const fail = (error: Error) => isLoggingIn() && tokens.listenerCount("error") > 0 && tokens.emit("error", error);
    if (isLoggingIn()) socket?.once("close", () => fail(failure("ECONNRESET", "The server hung up.")));
    tokens.parser.on("error", ({ message }: Error) => {
      const unexpected = failure("EPROTOCOL", message);
      fail(unexpected);
      socket?.destroy(unexpected);
    });
    return tokens;
  };
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Bytes. https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/773a62b6-ee89-4c02-9e5e-344882630aac */
const SMALLEST_PACKET = 512;
