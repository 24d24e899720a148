import type { Decoded, Protocol, WireRequest } from "./protocol.js";

/** Method and path to operation and the names of what stands in the path. */
const ROUTES: ReadonlyArray<
  readonly [method: string, path: RegExp, service: string, operation: string, names: readonly string[]]
> = [
  ["POST", /^\/schedules\/([^/]+)$/, "scheduler", "CreateSchedule", ["Name"]],
  ["GET", /^\/schedules\/([^/]+)$/, "scheduler", "GetSchedule", ["Name"]],
  ["PUT", /^\/schedules\/([^/]+)$/, "scheduler", "UpdateSchedule", ["Name"]],
  ["DELETE", /^\/schedules\/([^/]+)$/, "scheduler", "DeleteSchedule", ["Name"]],
  ["GET", /^\/schedules$/, "scheduler", "ListSchedules", []],
  ["POST", /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, "lambda", "Invoke", ["FunctionName"]],
  ["GET", /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, "lambda", "GetFunctionConfiguration", ["FunctionName"]],
  [
    "PUT",
    /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    "lambda",
    "UpdateFunctionConfiguration",
    ["FunctionName"],
  ],
];

/** What the scheduler's query parameters are called in its input. */
const QUERY: Readonly<Record<string, string>> = {
  groupName: "GroupName",
  ScheduleGroup: "GroupName",
  MaxResults: "MaxResults",
  NextToken: "NextToken",
};

/** https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function decodeRestJson({ method, path, query, bytes }: WireRequest): Decoded | undefined {
  for (const [routeMethod, pattern, service, operation, names] of ROUTES) {
    const match = routeMethod === method ? pattern.exec(path) : null;
    if (!match) continue;
    return {
      service,
      protocol: operation === "Invoke" ? PAYLOAD : REST_JSON,
      read() {
        const fromPath = Object.fromEntries(
          names.map((name, index) => [name, decodeURIComponent(match[index + 1] as string)]),
        );
        const fromQuery = Object.fromEntries([...query].map(([name, value]) => [QUERY[name] ?? name, value]));
        const parsed: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8"));
        const input = operation === "Invoke" ? { Payload: parsed } : (parsed as object);
        return { operation, input: { ...fromQuery, ...input, ...fromPath } };
      },
    };
  }
  return undefined;
}

const REST_JSON: Protocol = {
  contentType: "application/json",
  // https://docs.aws.amazon.com/signer/latest/api/CommonErrors.html
  refusals: {
    missing: ["MissingAuthenticationTokenException", 403],
    incomplete: ["IncompleteSignatureException", 403],
    unknown: ["UnrecognizedClientException", 403],
    expired: ["ExpiredTokenException", 403],
    mismatch: ["InvalidSignatureException", 403],
  },
  encode: (_, answer) => JSON.stringify(answer),
  encodeError: ({ code, message }) => ({
    body: JSON.stringify({ Message: message }),
    headers: { "x-amzn-errortype": code },
  }),
};

/** Lambda's Invoke answers with what the function gave. */
const PAYLOAD: Protocol = { ...REST_JSON, encode: (_, { Payload }) => JSON.stringify(Payload ?? null) };
