import { once } from "node:events";
import { type AddressInfo, createServer as createPlain, type Server, type Socket } from "node:net";
import { createServer as createSecure, type TlsOptions } from "node:tls";

export interface Listener {
  readonly port: number;
  /** Everything that was sent to it, a text for each connection. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A server that plays one side of Oracle's protocol, or of none. */
export async function listen(play: (socket: Socket, asked: string) => void, tls?: TlsOptions): Promise<Listener> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const onConnection = (socket: Socket) => {
    sockets.add(socket);
    const index = asked.push("") - 1;
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      asked[index] += data.toString("latin1");
      play(socket, asked[index] as string);
    });
  };
  const server: Server = tls ? createSecure(tls, onConnection) : createPlain(onConnection);
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a listener says when it has no way to a database, as lib/thin/sqlnet/packet.js of the driver reads it. */
export function refusal(number: number): Buffer {
  const data = Buffer.from(
    `(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=${number})(ERROR_STACK=(ERROR=(CODE=${number}))))`,
  );
  const header = Buffer.alloc(12);
  header.writeUInt16BE(header.length + data.length, 0);
  header.writeUInt8(4, 4);
  header.writeUInt16BE(data.length, 10);
  return Buffer.concat([header, data]);
}

/** Refuses services with one number and SIDs with another. */
export function refuseWith(ofService: number, ofSid: number) {
  return (socket: Socket, asked: string) => {
    const [, key] = /\((SERVICE_NAME|SID)=\w+\)/.exec(asked) ?? [];
    if (key) socket.end(refusal(key === "SID" ? ofSid : ofService));
  };
}
