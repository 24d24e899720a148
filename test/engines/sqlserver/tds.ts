import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { greeting, HEADER, NOT_SUPPORTED, PRELOGIN, REQUIRED } from "./tds-packets.js";
import { inTls, type ServerCertificate } from "./tds-tls.js";

const utf16 = (text: string) => Buffer.from(text, "utf16le");
const short = (text: string) => Buffer.concat([Buffer.from([text.length]), utf16(text)]);
const token = (kind: number, ...data: readonly Buffer[]) => {
  const all = Buffer.concat(data);
  const head = Buffer.from([kind, 0, 0]);
  head.writeUInt16LE(all.length, 1);
  return Buffer.concat([head, all]);
};

/** …/ms-tds/9805e9fa-1f8b-4cf8-8f78-8d2602228635: a message of the server's about a failure. */
export function errorToken(number: number, message: string): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(number);
  head.set([1, 14], 4);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(message.length);
  return token(0xaa, head, length, utf16(message), short("db"), short(""), Buffer.alloc(4));
}

/** …/ms-tds/490e563d-cc6e-4c86-bb95-ef0186b98032 */
export const LOGIN_TAKEN = token(0xad, Buffer.from([1, 0x74, 0, 0, 4]), short("SQL"), Buffer.from([16, 0, 0, 0]));

/** …/ms-tds/3c06f110-98bd-4d5b-b836-b1ba66452cb7: the end of an answer, of a batch or of a procedure. */
export const DONE = Buffer.concat([Buffer.from([0xfd]), Buffer.alloc(12)]);
export const DONE_IN_ERROR = Buffer.concat([Buffer.from([0xfd, 2]), Buffer.alloc(11)]);
export const DONE_PROCEDURE = Buffer.concat([Buffer.from([0xfe]), Buffer.alloc(12)]);

/** …/ms-tds/2b3eb7e5-d43d-4d1b-bf4d-76b9e3afc791: the login is to go on at another address. */
export function routing(host: string, port: number): Buffer {
  const address = Buffer.concat([Buffer.from([0, port & 0xff, port >> 8, host.length, 0]), utf16(host)]);
  return token(0xe3, Buffer.from([20, address.length, 0]), address, Buffer.from([0, 0]));
}

/** The packets that the client is to send from now on. */
export function packetSize(size: string): Buffer {
  return token(0xe3, Buffer.from([4]), short(size), short("4096"));
}

type Value = string | number | boolean | null;

/** A result of one row. …/ms-tds/58880b9f-381c-43b2-bf8b-0727a98c4f4c, …/3840ef93-3b10-4aca-9fd1-a210b8bb5d0c */
export function row(columns: Readonly<Record<string, Value>>): Buffer {
  return rows([columns]);
}

/** Texts, whole numbers, bits, and NULLs among them. All rows have the columns of the first; none at all has no columns. */
export function rows(all: ReadonlyArray<Readonly<Record<string, Value>>>): Buffer {
  const names = Object.keys(all[0] ?? { none: "" });
  const kinds = names.map((name) => all.map((one) => one[name]).find((value) => value != null) ?? "");
  const described = names.map((name, index) => Buffer.concat([Buffer.alloc(6), typeOf(kinds[index]), short(name)]));
  const values = all.map((one) =>
    Buffer.concat([Buffer.from([0xd1]), ...names.map((name, index) => encoded(one[name] ?? null, kinds[index]))]),
  );
  return Buffer.concat([Buffer.from([0x81, names.length, 0]), ...described, ...values]);
}

/** …/ms-tds/ce3183a6-9d89-47e8-a02f-de5a1a1303de: NVARCHAR, INTN or BITN. */
function typeOf(value: Value | undefined): Buffer {
  if (typeof value === "number") return Buffer.from([0x26, 4]);
  if (typeof value === "boolean") return Buffer.from([0x68, 1]);
  return Buffer.from([0xe7, 0x40, 0x1f, 9, 4, 0xd0, 0, 0x34]);
}

function encoded(value: Value, kind: Value | undefined): Buffer {
  if (typeof kind === "number") {
    const number = Buffer.from([4, 0, 0, 0, 0]);
    number.writeInt32LE(Number(value), 1);
    return value === null ? Buffer.from([0]) : number;
  }
  if (typeof kind === "boolean") return value === null ? Buffer.from([0]) : Buffer.from([1, value ? 1 : 0]);
  if (value === null) return Buffer.from([0xff, 0xff]);
  const text = utf16(String(value));
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  return Buffer.concat([length, text]);
}

/** What a client asks by `sp_executesql`: the statement and its parameters, which are texts. …/ms-tds/619c43b6-9495-4a58-9e49-a4950db245b3 */
export function requestIn(message: Buffer): { sql: string; parameters: Record<string, string> } {
  let at = message.readUInt32LE(0) + 6;
  const take = (length: number) => {
    at += length;
    return message.subarray(at - length, at);
  };
  const take16 = () => take(2).readUInt16LE(0);
  const texts: Array<[name: string, value: string]> = [];
  while (at + 1 < message.length) {
    const name = take((take(1)[0] ?? 0) * 2).toString("utf16le");
    // Its status, its type, its longest length, its collation.
    take(2);
    const longest = take16();
    take(5);
    texts.push([name, longest === 0xffff ? chunks() : take(take16()).toString("utf16le")]);
  }
  function chunks(): string {
    take(8);
    const pieces: Buffer[] = [];
    for (let length = take(4).readUInt32LE(0); length > 0; length = take(4).readUInt32LE(0)) pieces.push(take(length));
    return Buffer.concat(pieces).toString("utf16le");
  }
  const [[, sql] = ["", ""], , ...parameters] = texts;
  return { sql, parameters: Object.fromEntries(parameters.map(([name, value]) => [name.slice(1), value])) };
}

/** What a session begins with, answered. */
export const FACTS = row({
  login: "app",
  actingAs: "app",
  database: "shop",
  serverVersion: "16.0.4165.4",
  updateability: "READ_WRITE",
  authenticatedIn: null,
  edition: 3,
});

type Said = Buffer | { readonly last: Buffer } | undefined;
export type Answering = (kind: number, before: number, message: Buffer) => Said | Promise<Said>;

export interface TdsServer {
  readonly port: number;
  /** The kind of each message that it was sent. */
  readonly heard: number[];
  stop(): void;
}

/**
 * Speaks SQL Server's protocol to whoever connects, in TLS where it has a certificate. `answer`: by the kind of a message, and how
 * many of that kind came before it. After `last` the server hangs up; without an answer it does so at once.
 */
export async function tdsServer(answer: Answering, certificate?: ServerCertificate): Promise<TdsServer> {
  const heard: number[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    if (!certificate) return listenTo(socket);
    socket.once("data", () => {
      heard.push(PRELOGIN);
      socket.write(greeting(REQUIRED));
      listenTo(inTls(socket, certificate).on("error", () => socket.destroy()));
    });
  }).listen(0, "127.0.0.1");
  function listenTo(stream: Duplex): void {
    let buffered = Buffer.alloc(0);
    let message = Buffer.alloc(0);
    stream.on("data", (data: Buffer) => {
      buffered = Buffer.concat([buffered, data]);
      while (buffered.length >= HEADER && buffered.length >= buffered.readUInt16BE(2)) {
        const [kind = 0, status = 0] = buffered;
        const length = buffered.readUInt16BE(2);
        message = Buffer.concat([message, buffered.subarray(HEADER, length)]);
        buffered = buffered.subarray(length);
        if ((status & 1) === 0) continue;
        void reply(stream, kind, message);
        message = Buffer.alloc(0);
      }
    });
  }
  async function reply(stream: Duplex, kind: number, message: Buffer): Promise<void> {
    const before = heard.filter((one) => one === kind).length;
    heard.push(kind);
    const said = kind === PRELOGIN ? greeting(NOT_SUPPORTED) : await answer(kind, before, message);
    if (Buffer.isBuffer(said)) stream.write(said);
    else if (said) stream.end(said.last);
    else stream.destroy();
  }
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    heard,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
