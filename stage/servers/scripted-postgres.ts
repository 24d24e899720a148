import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** One turn of a server's in a login: what it says to what it heard last (`p` messages, without their frame). */
export type Turn = (heard: string) => Buffer;

/**
 * A server that lets a client begin, and then says what the script has it say: a turn at the beginning, and one for each
 * message of the client's; then it goes away. It keeps whatever it was sent after the beginning. Without TLS.
 */
export async function startScriptedPostgres(turns: readonly Turn[]) {
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const left = [...turns];
    let begun = false;
    socket.on("data", (data) => {
      if (begun) sent.push(data);
      // A frame: a letter, four bytes of length, the message.
      const heard = begun ? data.subarray(5).toString() : "";
      begun = true;
      const answer = left.shift()?.(heard);
      if (answer) socket.write(answer);
      else socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    port,
    /** Everything that a client said after it began. */
    said: () => Buffer.concat(sent).toString("latin1"),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** An `R` message. https://www.postgresql.org/docs/current/protocol-message-formats.html */
export function authentication(kind: number, rest: Buffer | string = ""): Buffer {
  const body = Buffer.concat([int32(kind), Buffer.from(rest)]);
  return Buffer.concat([Buffer.from("R"), int32(body.length + 4), body]);
}

export const OK = authentication(0);
export const CLEAR_TEXT = authentication(3);
export const MD5 = authentication(5, Buffer.from([1, 2, 3, 4]));
export const SASL = authentication(10, "SCRAM-SHA-256\0\0");
/** ReadyForQuery, idle. */
export const READY = Buffer.concat([Buffer.from("Z"), int32(5), Buffer.from("I")]);

/** The server's first message of SCRAM, of so many rounds. `heard`: the client's. */
export function challenge(heard: string, rounds: number | string): Buffer {
  const nonce = /r=([^,\0]+)/.exec(heard)?.[1];
  return authentication(11, `r=${nonce}server,s=${Buffer.alloc(16, 1).toString("base64")},i=${rounds}`);
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
