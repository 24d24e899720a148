import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A turn of a conversation: what the client sends until the server answers. Both count from 1. */
export interface Turn {
  readonly connection: number;
  readonly turn: number;
}

/** What becomes of a turn; with a promise it goes on once that is kept. */
export type Verdict = "pass" | "cut" | Promise<void>;

export interface Relay {
  /** Counts connections from 1 again. */
  reset(): void;
  /** Cuts what is open and takes nothing any more, or does again. */
  away(is: boolean): void;
}

/**
 * Passes on between a client and a server, without a look at what: it runs below TLS, so it serves every engine.
 * `judge` is asked before a turn's first bytes are passed to the server, and before the first of the answer are passed
 * back, when the server has done what it was asked for.
 */
export async function startRelay(
  port: number,
  target: { host: string; port: number },
  judge: (turn: Turn, when: "before" | "after") => Verdict,
): Promise<Relay> {
  const open = new Set<Socket>();
  let connections = 0;
  let isAway = false;

  const server = createServer((client) => {
    if (isAway) return void client.resetAndDestroy();
    connections += 1;
    const connection = connections;
    const upstream = connect(target.port, target.host);
    let turn = 0;
    let answered = true;
    const end = () => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
    };
    open.add(client);
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);

    const pass = async (from: Socket, to: Socket, chunk: Buffer, when: "before" | "after") => {
      const isFirst = when === "before" ? answered : !answered;
      answered = when === "after";
      if (isFirst && when === "before") turn += 1;
      const verdict = isFirst ? judge({ connection, turn }, when) : "pass";
      if (verdict === "cut") return end();
      if (verdict !== "pass") {
        from.pause();
        await verdict;
        from.resume();
      }
      if (!to.destroyed) to.write(chunk);
    };
    // One chunk after the other: what is held must not be overtaken.
    for (const [from, to, when] of [
      [client, upstream, "before"],
      [upstream, client, "after"],
    ] as const) {
      let last = Promise.resolve();
      from.on("data", (chunk: Buffer) => {
        last = last.then(() => pass(from, to, chunk, when));
      });
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    reset() {
      connections = 0;
    },
    away(is) {
      isAway = is;
      if (is) for (const socket of open) socket.resetAndDestroy();
    },
  };
}
