import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type FleetArena, fleetInput, withRunner } from "./arena.js";
import { stock } from "./stock.js";

export interface HungFigures {
  readonly healthy: number;
  /** On the server that does not answer. */
  readonly hung: number;
  /** How many times as long the healthy ones take beside them. */
  readonly slowdown: number;
}

/** Runs a fleet without and with secrets of a server that takes connections and never answers, and times the others. */
export async function measureHung(arena: FleetArena, healthy: number): Promise<HungFigures> {
  const { hung } = arena;
  const without = await secondsOfHealthy(arena, healthy, 0, 0);
  const server = await silentServer();
  try {
    const beside = await secondsOfHealthy(arena, healthy, hung, server.port);
    return { healthy, hung, slowdown: Math.round((beside / without) * 100) / 100 };
  } finally {
    server.close();
  }
}

/** Of a fresh cloud, which is left as soon as the last of them is rotated: nobody waits for the others. */
function secondsOfHealthy(arena: FleetArena, healthy: number, hung: number, port: number): Promise<number> {
  // As on AWS, no rotation of the fleet waits for a function that another is in.
  return withRunner(arena, { environments: arena.concurrency }, async (runner) => {
    const all = healthy + hung;
    // Evenly among the others: of so many in a row, as many as there should have been by then.
    const isHung = (index: number) => Math.floor(((index + 1) * hung) / all) > Math.floor((index * hung) / all);
    const portOf = (index: number) => (isHung(index) ? port : arena.database.port);
    await stock(runner, arena, "hung", all, portOf);
    return (await runner.run(fleetInput(arena, "hung"), healthy)).seconds;
  });
}

async function silentServer(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    // What comes is read and let go, so that the other side never waits for room.
    socket.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
