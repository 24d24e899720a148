import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTPS server of somebody else's, with a certificate that only who is told trusts. */
export async function receiver() {
  // By another name than the database's, or one would be looked for in place of the other.
  const { cert, private: key } = await generate([{ name: "commonName", value: "receiver" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const received: Received[] = [];
  const answers: Array<readonly [status: number, headers?: Record<string, string>]> = [];
  const server = createServer({ cert, key }, async (asked, answer) => {
    const parts: Buffer[] = [];
    for await (const part of asked) parts.push(part as Buffer);
    received.push({ path: asked.url ?? "", headers: asked.headers, body: Buffer.concat(parts).toString() });
    const [status, headers = {}] = answers.shift() ?? [204];
    // 0: none at all.
    if (status === 0) return;
    answer.writeHead(status, headers).end(status === 204 ? undefined : "x".repeat(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://localhost:${port}/keyturn`,
    ca: cert,
    received,
    /** What it answers next, one after the other; then 204. */
    answers,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
