import type { IncomingMessage } from "node:http";
import type { ServiceError } from "../service.js";

/** A request as it came over the wire, the body read. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Decoded {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
}

/** How a service writes what it answers. */
export interface Protocol {
  readonly contentType: string;
  encode(operation: string, answer: Readonly<Record<string, unknown>>): string;
  /** Body and headers of an error. */
  encodeError(error: ServiceError): { readonly body: string; readonly headers?: Readonly<Record<string, string>> };
}
