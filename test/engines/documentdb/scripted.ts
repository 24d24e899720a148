import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { BSON, type Document } from "mongodb";

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

function message(to: number, kind: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(to, 8);
  header.writeInt32LE(kind, 12);
  return Buffer.concat([header, body]);
}

function commandIn(data: Buffer): { id: number; kind: number; command: Document } {
  const kind = data.readInt32LE(12);
  const at = kind === OP_QUERY ? data.indexOf(0, 20) + 9 : 21;
  const size = data.readInt32LE(at);
  return { id: data.readInt32LE(4), kind, command: BSON.deserialize(data.subarray(at, at + size)) };
}

const GREETING = {
  ok: 1,
  isWritablePrimary: true,
  ismaster: true,
  helloOk: true,
  minWireVersion: 0,
  maxWireVersion: 21,
};

/** What MongoDB and DocumentDB say to a wrong password. */
const REFUSED = { code: 18, errmsg: "Authentication failed." };

export interface ScriptedMongo {
  readonly port: number;
  readonly commands: Document[];
  /** Every byte that it was sent. */
  readonly raw: Buffer[];
  close(): void;
}

/** A server that says what it likes in its greeting, and refuses every command after it, with this error. */
export async function scriptedMongo(hello: Document, refusal: Document = REFUSED): Promise<ScriptedMongo> {
  const commands: Document[] = [];
  const raw: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      raw.push(data);
      const { id, kind, command } = commandIn(data);
      commands.push(command);
      const isGreeting = "hello" in command || "ismaster" in command || "isMaster" in command;
      const answer = Buffer.from(BSON.serialize(isGreeting ? { ...GREETING, ...hello } : { ok: 0, ...refusal }));
      socket.write(
        kind === OP_QUERY
          ? message(id, OP_REPLY, Buffer.from([8, 0, 0, 0, ...Array(12).fill(0), 1, 0, 0, 0]), answer)
          : message(id, OP_MSG, Buffer.from([0, 0, 0, 0, 0]), answer),
      );
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    commands,
    raw,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
