import type { Decoded, Protocol, WireRequest } from "./protocol.js";

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, as far as SNS and STS need it: no nested input. */
export function decodeAwsQuery({ headers, body }: WireRequest): Decoded | undefined {
  if (!String(headers["content-type"]).startsWith("application/x-www-form-urlencoded")) return undefined;
  const { Action = "", Version: _version, ...input } = Object.fromEntries(new URLSearchParams(body));
  const [, service = "sns"] = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization)) ?? [];
  return { service, operation: Action, input, protocol: AWS_QUERY };
}

const AWS_QUERY: Protocol = {
  contentType: "text/xml",
  encode: (operation, answer) =>
    `<${operation}Response><${operation}Result>${xml(answer)}</${operation}Result><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${operation}Response>`,
  encodeError: ({ code, message }) => ({
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error><RequestId>local</RequestId></ErrorResponse>`,
  }),
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
