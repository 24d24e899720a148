import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

/** What a server that follows a script may do to its client. */
export interface Talk {
  /** Sends a packet, numbered after the last one of either side. */
  send(payload: Buffer): void;
  /** The next packet of the client; rejects where it goes away first. */
  receive(): Promise<Buffer>;
}

export interface ScriptedServer {
  readonly port: number;
  /** Every byte that clients have sent, under TLS what it protected. */
  heard(): Buffer;
  stop(): Promise<void>;
}

const CONNECT = 0x0001_0000 | 0x0200 | 0x8000 | 0x0008_0000 | 0x0008;
const TLS = 0x0800;
export const SCRAMBLE = Buffer.from("12345678901234567890");

/**
 * Speaks MySQL's protocol to whoever connects: greets, naming its version and `plugin`, reads the log-in, and leaves the rest
 * to the script.
 */
export async function scripted(
  script: (talk: Talk, login: Buffer) => Promise<void>,
  {
    plugin = "mysql_native_password",
    version = "8.4.0",
    tls,
    host = "127.0.0.1",
  }: { plugin?: string; version?: string; tls?: { certFile: string; keyFile: string }; host?: string } = {},
): Promise<ScriptedServer> {
  const bytes: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    void converse(socket).catch(() => undefined);
  });
  async function converse(plain: Socket) {
    plain.on("error", () => undefined);
    let talk = talkOver(plain, bytes);
    talk.send(hello({ plugin, version, tls: tls !== undefined }));
    let login = await talk.receive();
    if (tls && login.length === 32) {
      talk.leave();
      const secureContext = createSecureContext({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) });
      const secure = new TLSSocket(plain, { isServer: true, secureContext });
      secure.on("error", () => undefined);
      talk = talkOver(secure, bytes);
      login = await talk.receive();
    }
    await script(talk, login);
  }
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: (server.address() as { port: number }).port,
    heard: () => Buffer.concat(bytes),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** `leave`: gives the socket back, with what was not read yet. */
function talkOver(socket: Socket, bytes: Buffer[]): Talk & { leave(): void } {
  let buffered = Buffer.alloc(0);
  let sequence = 0;
  const waiting: { resolve(payload: Buffer): void; reject(error: Error): void }[] = [];
  const deliver = () => {
    while (waiting.length > 0 && buffered.length >= 4 && buffered.length >= 4 + buffered.readUIntLE(0, 3)) {
      const length = buffered.readUIntLE(0, 3);
      sequence = (buffered[3] as number) + 1;
      waiting.shift()?.resolve(buffered.subarray(4, 4 + length));
      buffered = buffered.subarray(4 + length);
    }
  };
  socket.on("data", (data) => {
    bytes.push(data);
    buffered = Buffer.concat([buffered, data]);
    deliver();
  });
  socket.on("close", () => {
    for (const one of waiting.splice(0)) one.reject(new Error("gone"));
  });
  return {
    leave() {
      socket.removeAllListeners("data");
      socket.pause();
      if (buffered.length > 0) socket.unshift(buffered);
    },
    send(payload) {
      const head = Buffer.alloc(4);
      head.writeUIntLE(payload.length, 0, 3);
      head[3] = sequence++ & 0xff;
      socket.write(Buffer.concat([head, payload]));
    },
    receive: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        deliver();
      }),
  };
}

function hello({ plugin, version, tls }: { plugin: string; version: string; tls: boolean }): Buffer {
  const flags = CONNECT | (tls ? TLS : 0);
  const low = Buffer.alloc(2);
  low.writeUInt16LE(flags & 0xffff);
  const high = Buffer.alloc(2);
  high.writeUInt16LE((flags >>> 16) & 0xffff);
  return Buffer.concat([
    Buffer.from([10]),
    text(version),
    Buffer.from([1, 0, 0, 0]),
    SCRAMBLE.subarray(0, 8),
    Buffer.from([0]),
    low,
    Buffer.from([45, 2, 0]),
    high,
    Buffer.from([21]),
    Buffer.alloc(10),
    SCRAMBLE.subarray(8),
    Buffer.from([0]),
    text(plugin),
  ]);
}

export const text = (value: string) => Buffer.from(`${value}\0`);
export const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
/** Asks for the log-in to be made again, by another plugin. */
export const switchTo = (plugin: string) =>
  Buffer.concat([Buffer.from([0xfe]), text(plugin), SCRAMBLE, Buffer.from([0])]);
/** What MySQL 4.0 sent to ask for its old hash. */
export const OLD_SWITCH = Buffer.from([0xfe]);
export const more = (...data: number[] | [Buffer]) =>
  Buffer.concat([
    Buffer.from([1]),
    ...(data as (number | Buffer)[]).map((one) => (Buffer.isBuffer(one) ? one : Buffer.from([one]))),
  ]);
/** Asks for a file of the client's. */
export const fileOf = (path: string) => Buffer.concat([Buffer.from([0xfb]), Buffer.from(path)]);

/** A result of one row. */
export function row(columns: Readonly<Record<string, string | null>>): Buffer[] {
  const lenenc = (value: string) => Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
  const column = (name: string) =>
    Buffer.concat([
      lenenc("def"),
      ...["", "", ""].map(lenenc),
      lenenc(name),
      lenenc(name),
      Buffer.from([12, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0]),
    ]);
  const eof = Buffer.from([0xfe, 0, 0, 2, 0]);
  return [
    Buffer.from([Object.keys(columns).length]),
    ...Object.keys(columns).map(column),
    eof,
    Buffer.concat(Object.values(columns).map((value) => (value === null ? Buffer.from([0xfb]) : lenenc(value)))),
    eof,
  ];
}

/** What `openWire` asks first, answered. */
export async function welcome(talk: Talk, facts: Readonly<Record<string, string | null>> = {}): Promise<void> {
  talk.send(OK);
  await talk.receive();
  talk.send(OK);
  await talk.receive();
  for (const packet of row({ account: "app@%", proxy: null, version: "8.4.0", readOnly: "0", ...facts }))
    talk.send(packet);
}
