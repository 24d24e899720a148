import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FunctionError, ServiceError } from "../service.js";
import { refusalOf } from "./admission.js";
import { Reset } from "./faults.js";
import type { Gateway } from "./gateway.js";
import type { Principal } from "./principals.js";
import { decodeAwsJson } from "./protocols/aws-json.js";
import { decodeAwsQuery } from "./protocols/aws-query.js";
import type { Decoded, WireRequest } from "./protocols/protocol.js";
import { decodeRestJson } from "./protocols/rest-json.js";
import { readBody } from "./request-body.js";
import { callerOf } from "./signature.js";

export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Whom the endpoint lets in. */
export interface Doors {
  /** That requests must be signed for. */
  readonly region: string;
  readonly principalOf: (accessKeyId: string) => Principal | undefined;
}

/** How long what is turned away may go on sending, unheard, before it is cut off: so that it reads the answer first. */
const LINGER_MS = 1_000;

/**
 * One HTTP port on 127.0.0.1 for every service. It lets in what carries the signature of a key that it knows, and no web
 * page (`admission.ts`, `signature.ts`).
 */
export async function openEndpoint(port: number, gateway: () => Gateway, doors: Doors): Promise<Endpoint> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  // Node.js limits their size, 16 KiB, and would drop those beyond a number unseen.
  server.maxHeadersCount = 0;
  server.keepAliveTimeout = 60_000;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const { port: own } = server.address() as AddressInfo;
    answer(request, response, own, gateway(), doors).catch(() => response.destroy());
  };
  server.on("request", listener);
  // Who asks first whether he may send a body is not told so before he was looked at.
  server.on("checkContinue", listener);
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as { code?: string };
    throw code === "EADDRINUSE" ? new Error(`Port ${port} is taken. Is the embedded cloud running already?`) : error;
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  gateway: Gateway,
  { region, principalOf }: Doors,
): Promise<void> {
  const refusal = refusalOf(request, port);
  if (refusal) return turnAway(request, response, refusal.status, refusal.type, refusal.message);
  if (request.headers.expect) response.writeContinue();
  const bytes = await readBody(request);
  if (!bytes) {
    // https://docs.aws.amazon.com/signer/latest/api/CommonErrors.html
    return turnAway(request, response, 413, "RequestEntityTooLargeException", "The request is larger than 1 MiB.");
  }
  const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://localhost");
  const { method = "GET", headers } = request;
  const wire: WireRequest = { method, path, query, headers, bytes };
  const decoded = decodeAwsJson(wire) ?? decodeRestJson(wire) ?? decodeAwsQuery(wire);
  if (!decoded) {
    refuse(response, 404, "UnknownOperationException", "The embedded cloud does not know this request.");
    return;
  }
  const { service, protocol } = decoded;
  try {
    const { refusals } = protocol;
    const caller = await callerOf(wire, { service, region, principalOf, refusals, now: new Date() });
    const { operation, input } = read(decoded);
    const result = await gateway.call(service, operation, input, caller);
    send(response, 200, protocol.encode(operation, result), protocol.contentType);
  } catch (error) {
    if (error instanceof Unreadable) {
      refuse(response, 400, "SerializationException", "The request cannot be read.");
    } else if (error instanceof Reset) {
      response.destroy();
    } else if (error instanceof FunctionError) {
      const body = JSON.stringify({ errorType: error.errorType, errorMessage: error.errorMessage, trace: error.trace });
      send(response, 200, body, "application/json", { "x-amz-function-error": "Unhandled" });
    } else {
      const known =
        error instanceof ServiceError
          ? error
          : new ServiceError("InternalFailure", "The embedded cloud has a fault.", 500);
      if (known !== error) console.error(error);
      const { body, headers: more } = protocol.encodeError(known);
      send(response, known.status, body, protocol.contentType, more);
    }
  }
}

/** What the parser says would quote the body. */
class Unreadable extends Error {
  override readonly name = "Unreadable";
}

function read(decoded: Decoded): ReturnType<Decoded["read"]> {
  try {
    return decoded.read();
  } catch {
    throw new Unreadable();
  }
}

/** Answers before the body was read, hears no more of it, and ends the connection. */
function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
): void {
  refuse(response, status, type, message);
  request.resume();
  const cut = setTimeout(() => request.socket.destroy(), LINGER_MS).unref();
  request.once("end", () => {
    clearTimeout(cut);
    request.socket.end();
  });
}

/** An answer to what came in no protocol. */
function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  send(response, status, JSON.stringify({ __type: type, message }), "application/x-amz-json-1.1");
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": randomUUID(),
    ...headers,
  });
  response.end(body);
}
