import type { Cloud } from "./cloud.js";

/** The variables by which any SDK and the aws command line, in a process of their own, reach the embedded cloud. */
export function sdkEnvironment({ endpoint, region, credentials }: Cloud["clientConfig"]): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    // Where Python's SDK and the first aws command line look for it.
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}
