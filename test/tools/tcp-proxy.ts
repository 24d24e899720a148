import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Proxy {
  readonly port: number;
  /** Connections are taken, but nothing is passed on any more. */
  hang(): void;
  /** Ends every connection, without a goodbye. */
  cut(): void;
  /** Ends every connection, now and as it comes. */
  refuse(): void;
  /** Passes on again. */
  heal(): void;
  close(): Promise<void>;
}

/** A way to a server that can be made to fail, at an address of this machine. */
export async function startProxy(target: { host: string; port: number }, at = "127.0.0.1"): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let hanging = false;
  let refusing = false;
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => undefined);
    client.on("close", () => sockets.delete(client));
    if (hanging) return;
    if (refusing) return void client.resetAndDestroy();
    const upstream = connect(target.port, target.host);
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
    upstream.on("close", () => client.destroy());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, at);
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    hang() {
      hanging = true;
    },
    heal() {
      hanging = false;
      refusing = false;
    },
    cut,
    refuse() {
      refusing = true;
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
