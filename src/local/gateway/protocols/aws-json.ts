import type { Decoded, Protocol, Refusals, WireRequest } from "./protocol.js";

/** https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
const TARGETS: Readonly<Record<string, readonly [service: string, version: "1.0" | "1.1"]>> = {
  secretsmanager: ["secretsmanager", "1.1"],
  DynamoDB_20120810: ["dynamodb", "1.0"],
  AWSEvents: ["events", "1.1"],
  AWSStepFunctions: ["states", "1.0"],
  AmazonSQS: ["sqs", "1.0"],
  RedshiftServerless: ["redshift-serverless", "1.1"],
  AmazonEC2ContainerServiceV20141113: ["ecs", "1.1"],
  AmazonSSM: ["ssm", "1.1"],
  TrentService: ["kms", "1.1"],
};

/** A request with `X-Amz-Target`. */
export function decodeAwsJson({ headers, bytes }: WireRequest): Decoded | undefined {
  const [prefix = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  const target = TARGETS[prefix];
  if (!target || !operation) return undefined;
  const [service, version] = target;
  const read = () => ({ operation, input: bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8")) });
  return { service, protocol: awsJson(version), read };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const REFUSALS: Refusals = {
  missing: ["MissingAuthenticationTokenException", 400],
  incomplete: ["IncompleteSignatureException", 400],
  unknown: ["UnrecognizedClientException", 400],
  expired: ["ExpiredTokenException", 400],
  mismatch: ["InvalidSignatureException", 400],
};

function awsJson(version: "1.0" | "1.1"): Protocol {
  return {
    contentType: `application/x-amz-json-${version}`,
    refusals: REFUSALS,
    encode: (_, answer) => JSON.stringify(answer),
    encodeError: ({ code, message }) => ({ body: JSON.stringify({ __type: code, message, Message: message }) }),
  };
}
