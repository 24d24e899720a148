import type { Decoded, Protocol, WireRequest } from "./protocol.js";

/** https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
const TARGETS: Readonly<Record<string, readonly [service: string, version: "1.0" | "1.1"]>> = {
  secretsmanager: ["secretsmanager", "1.1"],
  DynamoDB_20120810: ["dynamodb", "1.0"],
  AWSEvents: ["events", "1.1"],
  AWSStepFunctions: ["states", "1.0"],
  AmazonSQS: ["sqs", "1.0"],
  RedshiftServerless: ["redshift-serverless", "1.1"],
};

/** A request with `X-Amz-Target`. */
export function decodeAwsJson({ headers, body }: WireRequest): Decoded | undefined {
  const [prefix = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  const target = TARGETS[prefix];
  if (!target || !operation) return undefined;
  return { service: target[0], operation, input: body === "" ? {} : JSON.parse(body), protocol: awsJson(target[1]) };
}

function awsJson(version: "1.0" | "1.1"): Protocol {
  return {
    contentType: `application/x-amz-json-${version}`,
    encode: (_, answer) => JSON.stringify(answer),
    encodeError: ({ code, message }) => ({ body: JSON.stringify({ __type: code, message, Message: message }) }),
  };
}
