import { ServiceError } from "../../service.js";
import type { Decoded, Protocol, WireRequest } from "./protocol.js";

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, as far as SNS and STS need it: no nested input. */
export function decodeAwsQuery({ headers, bytes }: WireRequest): Decoded | undefined {
  if (!String(headers["content-type"]).startsWith("application/x-www-form-urlencoded")) return undefined;
  const [, service = "sns"] = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization)) ?? [];
  return {
    service,
    protocol: service === "sts" ? STS : AWS_QUERY,
    read() {
      const { Action = "", Version: _, ...input } = Object.fromEntries(new URLSearchParams(bytes.toString("utf8")));
      return { operation: Action, input };
    },
  };
}

const AWS_QUERY: Protocol = {
  contentType: "text/xml",
  // https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
  refusals: {
    missing: ["MissingAuthenticationToken", 403],
    incomplete: ["IncompleteSignature", 400],
    unknown: ["InvalidClientTokenId", 403],
    expired: ["ExpiredToken", 403],
    mismatch: ["SignatureDoesNotMatch", 403],
  },
  encode: (operation, answer) =>
    `<${operation}Response><${operation}Result>${xml(answer)}</${operation}Result><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${operation}Response>`,
  encodeError: ({ code, message }) => ({
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>`,
  }),
};

/** It calls a refusal by another name: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const STS: Protocol = {
  ...AWS_QUERY,
  encodeError: (error) =>
    AWS_QUERY.encodeError(
      error.code === "AccessDeniedException" ? new ServiceError("AccessDenied", error.message, 403) : error,
    ),
};

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((element) => `<member>${xml(element)}</member>`).join("");
  if (typeof value !== "object" || value === null) return escaped(String(value));
  return Object.entries(value)
    .map(([key, inner]) => `<${key}>${xml(inner)}</${key}>`)
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
