import type { IncomingMessage } from "node:http";

/**
 * The largest body that is read, in bytes, and it is read before its sender is known. The most that AWS takes in one
 * value of what is spoken here is 262,144 bytes, the input of an execution or an event; written as text in JSON it may be
 * twice that, and a value of a secret, 65,536 bytes, six times. Lambda would take 6 MB, which nobody sends here.
 */
export const BODY_LIMIT = 1024 * 1024;

/** Reads a body to its end. `undefined`: it is larger than the limit, by what it says or by what came. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_LIMIT) {
        chunks.length = 0;
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("close", () => reject(new Error("The request was cut off.")));
    request.on("error", reject);
  });
}
