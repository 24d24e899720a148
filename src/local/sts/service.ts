import { accountOf } from "../gateway/authorization.js";
import type { RoleSession } from "../gateway/principals.js";
import { type Caller, type ResourceStatement, type Service, ServiceError, unknownOperation } from "../service.js";

export interface StsOptions {
  readonly trustOf: (roleArn: string) => readonly ResourceStatement[];
  readonly takeOn: (caller: Caller, roleArn: string, session: string, expiresAt: Date) => RoleSession;
  readonly clock: () => Date;
}

/** Seconds: the least that one may ask for, and the most for a role that a role takes on. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const [SHORTEST, LONGEST] = [900, 3_600];
const PARAMETERS = ["RoleArn", "RoleSessionName", "DurationSeconds"];

/** Who am I, for the aws command line; and the sessions of roles, of whatever account. */
export function sts({ trustOf, takeOn, clock }: StsOptions): Service {
  return {
    name: "sts",
    async touches({ operation, input }) {
      if (operation !== "AssumeRole") return [];
      const resource = String(input.RoleArn);
      return [{ action: "sts:AssumeRole", resource, conditions: {}, policy: trustOf(resource) }];
    },
    async handle({ operation, input, caller }) {
      if (operation === "GetCallerIdentity") return { Account: accountOf(caller), Arn: caller.arn, UserId: "local" };
      if (operation !== "AssumeRole") throw unknownOperation("sts", operation);
      const odd = Object.keys(input).find((name) => !PARAMETERS.includes(name));
      if (odd) throw invalid(`The embedded cloud does not know the parameter ${odd} of AssumeRole.`);
      const { RoleArn, RoleSessionName } = input;
      const seconds = Number(input.DurationSeconds ?? LONGEST);
      if (!/^[\w+=,.@-]{2,64}$/.test(String(RoleSessionName)))
        throw invalid("RoleSessionName has 2 to 64 letters, digits and =,.@-_");
      if (!(seconds >= SHORTEST && seconds <= LONGEST))
        throw invalid(`DurationSeconds is from ${SHORTEST} to ${LONGEST}, where a role takes another on.`);
      // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: no root user takes a role on
      if (!caller.statements) throw new ServiceError("AccessDenied", "Roles may not be assumed by root accounts.", 403);
      const expiresAt = new Date(clock().getTime() + seconds * 1_000);
      const session = takeOn(caller, String(RoleArn), String(RoleSessionName), expiresAt);
      const { accessKeyId, secretAccessKey, sessionToken } = session.key;
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: expiresAt.toISOString(),
        },
        AssumedRoleUser: { Arn: session.caller.arn, AssumedRoleId: "local" },
      };
    },
  };
}

function invalid(message: string): ServiceError {
  return new ServiceError("ValidationError", message);
}
