import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { HEADER, PRELOGIN, packet } from "./tds-packets.js";

/** PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * The server's side of TLS as SQL Server speaks it after the greeting: the handshake in PRELOGIN packets, and then TLS alone.
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868
 */
export function inTls(socket: Socket, certificate: ServerCertificate): TLSSocket {
  let isShaken = false;
  let buffered = Buffer.alloc(0);
  let flight: Buffer[] = [];
  const sendFlight = () => {
    socket.write(packet(...flight));
    flight = [];
  };
  const below = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _, done) {
      if (isShaken) socket.write(chunk);
      // The client waits for one packet an answer.
      else if (flight.push(chunk) === 1) setImmediate(sendFlight);
      done();
    },
  });
  socket.on("close", () => below.destroy());
  socket.on("data", (data: Buffer) => {
    buffered = Buffer.concat([buffered, data]);
    while (!isShaken && buffered[0] === PRELOGIN && buffered.length >= HEADER) {
      const length = buffered.readUInt16BE(2);
      if (buffered.length < length) return;
      below.push(buffered.subarray(HEADER, length));
      buffered = buffered.subarray(length);
    }
    isShaken ||= buffered.length > 0 && buffered[0] !== PRELOGIN;
    if (!isShaken) return;
    below.push(buffered);
    buffered = Buffer.alloc(0);
  });
  return new TLSSocket(below, { isServer: true, ...certificate });
}
