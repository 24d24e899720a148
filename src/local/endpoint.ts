import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Reset } from "./faults.js";
import type { Gateway } from "./gateway.js";
import { decodeAwsJson } from "./protocols/aws-json.js";
import { decodeAwsQuery } from "./protocols/aws-query.js";
import type { Decoded, WireRequest } from "./protocols/protocol.js";
import { decodeRestJson } from "./protocols/rest-json.js";
import { type Caller, FunctionError, ServiceError } from "./service.js";

export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * One HTTP port on 127.0.0.1 for every service. Signatures are not checked, only whose access key they name: what
 * reaches this port runs on this machine.
 */
export async function openEndpoint(
  port: number,
  gateway: () => Gateway,
  callerOf: (accessKeyId: string) => Caller | undefined,
): Promise<Endpoint> {
  const server = createServer((request, response) => {
    answer(request, response, gateway(), callerOf).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
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
  gateway: Gateway,
  callerOf: (accessKeyId: string) => Caller | undefined,
): Promise<void> {
  const wire = await read(request);
  let decoded: Decoded | undefined;
  try {
    decoded = decodeAwsJson(wire) ?? decodeRestJson(wire) ?? decodeAwsQuery(wire);
  } catch {
    // What the parser says would quote the body.
    refuse(response, 400, "SerializationException", "The request cannot be read.");
    return;
  }
  if (!decoded) {
    refuse(response, 404, "UnknownOperationException", "The embedded cloud does not know this request.");
    return;
  }
  const { service, operation, input, protocol } = decoded;
  try {
    const caller = callerOf(accessKeyOf(wire.headers.authorization));
    if (!caller)
      throw new ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.");
    const result = await gateway.call(service, operation, input, caller);
    send(response, 200, protocol.encode(operation, result), protocol.contentType);
  } catch (error) {
    if (error instanceof Reset) {
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
      const { body, headers } = protocol.encodeError(known);
      send(response, known.status, body, protocol.contentType, headers);
    }
  }
}

async function read(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  return {
    method: request.method ?? "GET",
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

function accessKeyOf(authorization = ""): string {
  return /Credential=([^/]+)\//.exec(authorization)?.[1] ?? "";
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
