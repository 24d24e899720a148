import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import type { ClientConfig } from "../../src/cli/host.js";

/** An operation's answer, or a `Refusal`, from its parameters as they came: `ActionNames.member.1`. */
export type Operations = Readonly<Record<string, (input: Readonly<Record<string, string>>) => object>>;

/**
 * A tiny server of AWS's query protocols, for services that the embedded cloud has not: `sts`, `iam`, `rds`, `ec2` in its own
 * dialect, and AWS's JSON beside them. What it answers the SDK has to understand by its model, which is all that it is held against; who may do what it
 * knows nothing of. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html,
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function useStubAws(operations: Operations) {
  let endpoint = "";
  const asked: Array<Readonly<Record<string, string>>> = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const input = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
      const target = String(request.headers["x-amz-target"] ?? "").split(".")[1];
      const { Action = target ?? "" } = input;
      asked.push(target ? { Action } : input);
      const [, service = ""] =
        /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
      const answer = operations[`${service}:${Action}`]?.(input) ?? {
        refuse: "InvalidAction",
        message: `no ${service}:${Action}`,
      };
      response.statusCode = "refuse" in answer ? 400 : 200;
      if (target) {
        response.setHeader("content-type", "application/x-amz-json-1.1");
        const refused = answer as Partial<Refusal>;
        response.end(JSON.stringify(refused.refuse ? { __type: refused.refuse, message: refused.message } : answer));
        return;
      }
      response.setHeader("content-type", "text/xml");
      response.end("refuse" in answer ? refusal(service, answer as Refusal) : answered(service, Action, answer));
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return {
    /** What it was asked, in order. */
    asked,
    actions: () => asked.map(({ Action }) => Action),
    get clientConfig(): ClientConfig {
      return { region: "eu-central-1", endpoint, credentials: { accessKeyId: "AKIATEST", secretAccessKey: "secret" } };
    },
  };
}

export interface Refusal {
  readonly refuse: string;
  readonly message: string;
}

function refusal(service: string, { refuse, message }: Refusal): string {
  const error = `<Error><Code>${refuse}</Code><Message>${message}</Message></Error>`;
  return service === "ec2"
    ? `<Response><Errors>${error}</Errors></Response>`
    : `<ErrorResponse>${error}</ErrorResponse>`;
}

function answered(service: string, action: string, answer: object): string {
  const body = xml(answer, service === "ec2" ? "item" : "member");
  return service === "ec2"
    ? `<${action}Response>${body}</${action}Response>`
    : `<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`;
}

/** A list of RDS's has elements of their own names: `{ DBInstances: { DBInstance: [...] } }` writes them. */
function xml(value: unknown, element: string): string {
  if (Array.isArray(value)) return value.map((one) => `<${element}>${xml(one, element)}</${element}>`).join("");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) =>
      Array.isArray(inner) && NAMED.has(key)
        ? inner.map((one) => `<${key}>${xml(one, element)}</${key}>`).join("")
        : `<${key}>${xml(inner, element)}</${key}>`,
    )
    .join("");
}

const NAMED = new Set(["DBInstance", "DBCluster", "Subnet", "VpcSecurityGroupMembership", "DBSubnetGroup"]);
