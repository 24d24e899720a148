import type { RDSClientConfig } from "@aws-sdk/client-rds";

/**
 * For the clients that look servers up. From a VPC without a way to the service nothing answers, and the SDK would wait
 * for longer than the function may take: the error that says what is missing must come before that.
 */
export const PATIENCE = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** Of a client that looks servers up: in another account than the function's own, with credentials of that. */
export type ServerConfig = Pick<RDSClientConfig, "credentials" | "maxAttempts" | "requestHandler">;
