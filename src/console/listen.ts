import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { UsageError } from "../cli/failure.js";
import { consoleApp } from "./app.js";
import type { Desk } from "./desk.js";
import { door } from "./door.js";

export interface Listening {
  /** For one person, once. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the console on 127.0.0.1 alone. `port`: 0 for any that is free. Throws `UsageError` where it is taken. */
export async function listen(desk: Desk, port: number): Promise<Listening> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new UsageError(`Port ${port} is taken. Leave --port out for one that is free.`);
  }
  const way = door((server.address() as AddressInfo).port);
  const { fetch } = consoleApp(desk, way);
  server.on("request", getRequestListener(fetch));
  return {
    url: way.url,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
