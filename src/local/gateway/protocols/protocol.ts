import type { IncomingMessage } from "node:http";
import type { ServiceError } from "../../service.js";

/** A request as it came over the wire, the body read. */
export interface WireRequest {
  readonly method: string;
  /** As it was sent, percent signs and all. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** The body. */
  readonly bytes: Buffer;
}

/** Whose request it is, by its head alone; the body is read when its sender is known. */
export interface Decoded {
  readonly service: string;
  readonly protocol: Protocol;
  /** Throws what the parser says where path or body cannot be read. */
  read(): { readonly operation: string; readonly input: Readonly<Record<string, unknown>> };
}

/** How a service writes what it answers. */
export interface Protocol {
  readonly contentType: string;
  readonly refusals: Refusals;
  encode(operation: string, answer: Readonly<Record<string, unknown>>): string;
  /** Body and headers of an error. */
  encodeError(error: ServiceError): { readonly body: string; readonly headers?: Readonly<Record<string, string>> };
}

/** What a request that is not signed as it must be is told, and its status. */
export type Refusals = Readonly<
  Record<"missing" | "incomplete" | "unknown" | "expired" | "mismatch", readonly [string, number]>
>;
