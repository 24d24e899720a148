import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { type Caller, ServiceError } from "../service.js";
import type { Principal } from "./principals.js";
import type { Refusals, WireRequest } from "./protocols/protocol.js";

export interface Verification {
  /** What the request asks, and so what it must be signed for. */
  readonly service: string;
  readonly region: string;
  readonly principalOf: (accessKeyId: string) => Principal | undefined;
  /** How the protocol names each way to fail. */
  readonly refusals: Refusals;
  readonly now: Date;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html: "within five minutes of the time stamp" */
const PATIENCE_MS = 5 * 60_000;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<id>[^/,\s]+)\/(?<day>\d{8})\/(?<region>[^/,\s]+)\/(?<service>[^/,\s]+)\/aws4_request, ?SignedHeaders=(?<names>[a-z0-9;_-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const TOKEN = "x-amz-security-token";
const PAYLOAD_HASH = "x-amz-content-sha256";

/**
 * Who signed a request: it is signed once more with the key that it names, and the two must be the same. What the
 * services read must be under the signature: the body, the address, the host, the media type and every `x-amz-` header.
 * Throws the protocol's own error where they are not. A request may be sent again within five minutes, as to AWS.
 */
export async function callerOf(request: WireRequest, verification: Verification): Promise<Caller> {
  const { service, region, principalOf, now } = verification;
  const { headers } = request;
  const refuse = (kind: keyof Refusals, message: string): never => {
    const [code, status] = verification.refusals[kind];
    throw new ServiceError(code, message, status);
  };

  if ([...request.query.keys()].some((name) => /^x-amz-/i.test(name)))
    return refuse("incomplete", "The embedded cloud takes no signature from the query string.");
  if (headers.authorization === undefined) return refuse("missing", "Missing Authentication Token");
  const found = AUTHORIZATION.exec(headers.authorization)?.groups;
  if (!found) return refuse("incomplete", "The Authorization header is not that of a Signature Version 4.");
  const { id = "", day, names = "", signature = "" } = found;

  const date = dateOf(String(headers["x-amz-date"]));
  if (!date) return refuse("incomplete", "The request has no X-Amz-Date in the form of 20260301T120000Z.");
  const signed = names.split(";");
  if (!mustBeSigned(request).every((name) => signed.includes(name)))
    return refuse("mismatch", "Host, Content-Type and all X-Amz- headers must be signed.");
  if (found.region !== region)
    return refuse(
      "mismatch",
      `Credential should be scoped to a valid region, not '${found.region}': this embedded cloud is ${region}.`,
    );
  if (found.service !== service || !String(headers["x-amz-date"]).startsWith(`${day}T`))
    return refuse("mismatch", `The credential's scope must be the date of X-Amz-Date and ${service}.`);
  if (Math.abs(now.getTime() - date.getTime()) > PATIENCE_MS)
    return refuse("mismatch", "Signature expired, or of a moment to come: it is good for five minutes.");

  const principal = principalOf(id);
  if (!principal || !isSame(String(headers[TOKEN] ?? ""), principal.key.sessionToken ?? ""))
    return refuse("unknown", "The security token included in the request is invalid.");
  if (principal.expiresAt && principal.expiresAt <= now)
    return refuse("expired", "The security token included in the request is expired");
  const hash = createHash("sha256").update(request.bytes).digest("hex");
  if (PAYLOAD_HASH in headers && headers[PAYLOAD_HASH] !== hash)
    return refuse("mismatch", "X-Amz-Content-Sha256 is not the hash of the body.");
  if (!isSame(await signatureOf(request, signed, date, principal, verification), signature)) {
    return refuse(
      "mismatch",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
    );
  }
  return principal.caller;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request */
function mustBeSigned({ headers }: WireRequest): string[] {
  const present = Object.keys(headers).filter((name) => name === "content-type" || name.startsWith("x-amz-"));
  return ["host", ...present];
}

async function signatureOf(
  { method, path, query, headers, bytes }: WireRequest,
  signed: readonly string[],
  signingDate: Date,
  { key }: Principal,
  { service, region }: Verification,
): Promise<string> {
  const { accessKeyId, secretAccessKey } = key;
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const again = await signer.sign(
    {
      method,
      protocol: "http:",
      hostname: "localhost",
      path,
      query: Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)])),
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name] ?? "")])),
      body: bytes,
    },
    { signingDate, signableHeaders: new Set(signed) },
  );
  return AUTHORIZATION.exec(String(again.headers.authorization))?.groups?.signature ?? "";
}

function dateOf(text: string): Date | undefined {
  const date = new Date(text.replace(DATE, "$1-$2-$3T$4:$5:$6Z"));
  return DATE.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** Takes as long whatever they have in common. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash("sha256").update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(first, second);
}

/** As the library wants to be given it. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(key?: unknown) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key as string | Uint8Array);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}
