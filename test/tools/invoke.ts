import type { Cloud } from "../../src/local/cloud.js";
import { call } from "../local/signed.js";

/** Invokes a function as the account's root, and gives its answer. Throws what it threw. */
export async function invoke(cloud: Cloud, name: string, event: object): Promise<unknown> {
  const path = `/2015-03-31/functions/${name}/invocations`;
  const { body, headers } = await call(cloud.clientConfig, { service: "lambda", path, body: JSON.stringify(event) });
  const answer = JSON.parse(body);
  if (headers["x-amz-function-error"]) throw new Error(answer.errorMessage);
  return answer;
}
