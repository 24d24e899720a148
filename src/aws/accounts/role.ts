import { KeyturnError } from "../../errors.js";
import { type AwsErrorRow, fromAws } from "../errors.js";
import { PATIENCE } from "../servers/patience.js";

/** A role of another account, and what its sessions are called there. */
export interface RoleThere {
  readonly arn: string;
  /** For CloudTrail: who takes it on. */
  readonly session: string;
}

interface TemporaryKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration?: Date;
}

/**
 * The credentials of a role, for a client of the SDK, which keeps them and asks again some minutes before they end. They are
 * good for an hour, which is the most for a role that another role takes on.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 * STS is loaded when it is first needed. Throws `AccountUnreachable` where the role is not there or does not let the function in.
 */
export function credentialsOf({ arn, session }: RoleThere): () => Promise<TemporaryKey> {
  return async () => {
    const doing = `Taking on the role ${arn}`;
    const { AssumeRoleCommand, STSClient } = await import("@aws-sdk/client-sts");
    const { Credentials } = await new STSClient(PATIENCE)
      .send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: session }))
      .catch((error: unknown) => {
        throw withWay(fromAws(error, doing, TABLE), doing);
      });
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration } = Credentials ?? {};
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration ? { expiration: Expiration } : {}),
    };
  };
}

const REFUSED: AwsErrorRow = [
  "AccessDeniedError",
  "AccountUnreachable",
  "the role is not there, or lets this function not in. Who owns that account should deploy there what " +
    "npm run -s account-template prints for this deployment (docs/accounts.md); or take the account out of keyturn.yml.",
];

/** STS says no more to whom it does not let in. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const TABLE: Readonly<Record<string, AwsErrorRow>> = { AccessDenied: REFUSED, AccessDeniedException: REFUSED };

/** Says, where nothing answered, what a function in a VPC needs. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_interface_vpc_endpoints.html */
function withWay(error: KeyturnError, doing: string): KeyturnError {
  const { name, code, cause } = error;
  if (code !== "Unreachable") return error;
  return new KeyturnError(name, {
    code,
    message:
      `${doing}: AWS gave no answer. From a VPC that takes an interface end point for sts, or NAT: see "network" in ` +
      "keyturn.yml. It is tried again by itself.",
    ...(cause ? { cause } : {}),
  });
}
