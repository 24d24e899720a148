import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { ConnectRequest } from "../engine.js";

/**
 * The socket that the driver speaks over. Asked for TLS, the driver goes on without where the server says that it has
 * none, and sends the password next: a socket that hears such an answer is cut before anything more is sent. `onCut` is
 * told why, which the driver does not hand on.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868
 */
export async function openSocket(
  { target, connectTimeoutMs }: ConnectRequest,
  onCut: (reason: Error) => void,
): Promise<Socket> {
  const socket = connect({ host: target.host, port: target.port });
  const late = setTimeout(() => socket.destroy(timedOut()), connectTimeoutMs);
  try {
    await once(socket, "connect");
  } finally {
    clearTimeout(late);
  }
  if (target.tls) cutWithoutTls(socket, onCut);
  return socket;
}

function cutWithoutTls(socket: Socket, onCut: (reason: Error) => void): void {
  let heard = Buffer.alloc(0);
  const listen = (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    if (heard.length < HEADER || heard.length < heard.readUInt16BE(2)) return;
    socket.off("data", listen);
    if (ENCRYPTED.has(encryptionOf(heard.subarray(HEADER)))) return;
    const reason = withoutTls();
    onCut(reason);
    socket.destroy(reason);
  };
  // Only the driver makes the socket flow, when it listens itself; what it would answer comes after this.
  socket.on("newListener", function flowing(event) {
    if (event !== "data" || socket.listeners("data").includes(listen)) return;
    socket.off("newListener", flowing);
    socket.prependListener("data", listen);
  });
}

/** Bytes before what a packet carries. */
const HEADER = 8;
/** ENCRYPT_ON and ENCRYPT_REQ. */
const ENCRYPTED: ReadonlySet<number | undefined> = new Set([1, 3]);

/** Options are a letter, an offset and a length each, up to 0xFF; encryption is option 1. */
function encryptionOf(prelogin: Buffer): number | undefined {
  for (let at = 0; at + 5 <= prelogin.length && prelogin[at] !== 0xff; at += 5)
    if (prelogin[at] === 1) return prelogin[prelogin.readUInt16BE(at + 1)];
  return undefined;
}

function withoutTls(): Error {
  return Object.assign(new Error("The server does not support encryption."), { code: "EENCRYPT" });
}

function timedOut(): Error {
  return Object.assign(new Error("The server did not take the connection in time."), { code: "ETIMEDOUT" });
}
