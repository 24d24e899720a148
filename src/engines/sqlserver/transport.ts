import { once } from "node:events";
import { Socket } from "node:net";
import type { ConnectRequest } from "../engine.js";

/**
 * The socket that the driver speaks over. Asked for TLS, the driver goes on without where it reads in the server's greeting that
 * it has none, and sends the password next: so nothing leaves this socket but greetings and what is in TLS, whatever the server
 * said and however the driver read it. `onCut` is told why, which the driver does not hand on.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868
 */
export async function openSocket(
  { target, connectTimeoutMs }: ConnectRequest,
  onCut: (reason: Error) => void,
): Promise<Socket> {
  const socket = target.tls ? new EncryptedOnly(onCut) : new Socket();
  socket.connect({ host: target.host, port: target.port });
  const late = setTimeout(() => socket.destroy(timedOut()), connectTimeoutMs);
  try {
    await once(socket, "connect");
  } finally {
    clearTimeout(late);
  }
  return socket;
}

/** Of a packet; bytes 2 and 3 are its length, this one included. …/ms-tds/7af53667-1b72-4703-8258-7984e838f746 */
const HEADER_BYTES = 8;
/** The greeting is one, and so is what carries TLS's handshake. */
const PRELOGIN = 0x12;
/** What TLS's records begin with: change of cipher, alert, handshake, data. https://www.rfc-editor.org/rfc/rfc5246#section-6.2.1 */
const TLS: ReadonlySet<number | undefined> = new Set([20, 21, 22, 23]);

/** Ends before anything goes out that is neither a PRELOGIN packet nor TLS. */
class EncryptedOnly extends Socket {
  readonly #onCut: (reason: Error) => void;
  #header: number[] = [];
  /** Of the packet that is on its way out, its header aside. */
  #bytesLeft = 0;
  /** Once the driver writes TLS, it writes nothing else. */
  #isTls = false;

  constructor(onCut: (reason: Error) => void) {
    super();
    this.#onCut = onCut;
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#mayGo(chunk, encoding)) super._write(chunk, encoding, callback);
    else callback(this.#cut());
  }

  override _writev(
    chunks: Array<{ readonly chunk: Buffer | string; readonly encoding: BufferEncoding }>,
    callback: (error?: Error | null) => void,
  ): void {
    if (chunks.every(({ chunk, encoding }) => this.#mayGo(chunk, encoding))) super._writev?.(chunks, callback);
    else callback(this.#cut());
  }

  #mayGo(chunk: Buffer | string, encoding: BufferEncoding): boolean {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    for (let at = 0; at < bytes.length && !this.#isTls; ) {
      if (this.#bytesLeft > 0) {
        const skipped = Math.min(this.#bytesLeft, bytes.length - at);
        at += skipped;
        this.#bytesLeft -= skipped;
        continue;
      }
      this.#header.push(bytes[at++] as number);
      const [kind, , high = 0, low = 0] = this.#header;
      this.#isTls = TLS.has(kind);
      if (!this.#isTls && kind !== PRELOGIN) return false;
      if (this.#header.length < HEADER_BYTES) continue;
      this.#bytesLeft = high * 256 + low - HEADER_BYTES;
      this.#header = [];
    }
    return true;
  }

  #cut(): Error {
    const reason = Object.assign(new Error("The server does not support encryption."), { code: "EENCRYPT" });
    this.#onCut(reason);
    return reason;
  }
}

function timedOut(): Error {
  return Object.assign(new Error("The server did not take the connection in time."), { code: "ETIMEDOUT" });
}
