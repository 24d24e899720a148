import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Cloud } from "../../src/local/cloud.js";

type Reached = Pick<Cloud, "clientConfig">["clientConfig"];

export interface Request {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Signing {
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  readonly date?: Date;
  readonly region?: string;
  /** What is signed, where it is not what is sent. */
  readonly as?: Partial<Request>;
  /** What Signature Version 4 would sign and is sent all the same. */
  readonly unsigned?: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The headers of a request, signed as an SDK signs it. */
export async function signed(
  { endpoint, region, credentials }: Reached,
  request: Request,
  signing: Signing = {},
): Promise<Record<string, string>> {
  const { service, method = "POST", path = "/", query = {}, headers = {}, body = "" } = { ...request, ...signing.as };
  const signer = new SignatureV4({
    service,
    region: signing.region ?? region,
    credentials: signing.credentials ?? credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { host, hostname } = new URL(endpoint);
  const left = Object.fromEntries(
    Object.entries({ host, ...headers }).filter(([name]) => !signing.unsigned?.includes(name)),
  );
  const { headers: made } = await signer.sign(
    { method, protocol: "http:", hostname, path, query, headers: left, body },
    { signingDate: signing.date ?? new Date() },
  );
  return { host, ...made, ...request.headers };
}

/** Sends exactly these headers. */
export function send(
  { endpoint }: Pick<Reached, "endpoint">,
  { method = "POST", path = "/", query = {}, body = "" }: Omit<Request, "service">,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  const search = new URLSearchParams(query).toString();
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { hostname, port, method, path: search ? `${path}?${search}` : path, headers, agent: false },
      (response) => {
        text(response).then(
          (said) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: said }),
          reject,
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A signed request by hand, as the root unless said. */
export async function call(reached: Reached, request: Request, signing: Signing = {}): Promise<Answer> {
  return send(reached, request, await signed(reached, request, signing));
}

class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}
