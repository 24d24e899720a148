/** Actions of roles. */
export interface Unseen {
  readonly roles: readonly string[];
  readonly actions: readonly string[];
}

/** Rights that roles have and that no call in the embedded cloud can show. */
export interface UnseenRight extends Unseen {
  readonly why: string;
  readonly page: string;
}

/** Actions that a role has on every resource, `*`. */
export interface UnboundActions {
  readonly actions: readonly string[];
  readonly why: string;
  readonly page: string;
}

/** Whether the exception is about all of these actions of this role. */
export function isUnseen(
  { roles, actions }: Unseen,
  right: { readonly role: string; readonly actions: readonly string[] },
): boolean {
  return roles.includes(right.role) && right.actions.every((action) => actions.includes(action));
}

const REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference";

// Both lists are held to the packaged template: `npm run iam-report` and test/infra/permissions.test.ts fail for a right that
// is missing here, and for an entry that is not needed any more.

export const UNSEEN_RIGHTS: readonly UnseenRight[] = [
  {
    roles: ["RollBackRole", "RetireCredentialRole"],
    actions: [
      "rds:DescribeDBInstances",
      "rds:DescribeDBClusters",
      "redshift:DescribeClusters",
      "redshift-serverless:ListNamespaces",
      "redshift-serverless:ListWorkgroups",
    ],
    why: "They look an admin's server up as Set secret does, of which each of these calls is seen: src/aws/servers.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
  },
];

export const UNBOUND_ACTIONS: readonly UnboundActions[] = [
  {
    actions: ["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"],
    why: "They know no resource. What BatchGetSecretValue reads, GetSecretValue is asked for, secret by secret.",
    page: `${REFERENCE}/list_awssecretsmanager.html`,
  },
  {
    actions: ["redshift:DescribeClusters"],
    why: "Knows no resource.",
    page: `${REFERENCE}/list_amazonredshift.html`,
  },
  {
    actions: ["redshift-serverless:ListNamespaces", "redshift-serverless:ListWorkgroups"],
    why: "They know no resource.",
    page: `${REFERENCE}/list_amazonredshiftserverless.html`,
  },
  {
    actions: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
    why: "They know no resource. Lambda asks them for a function in a VPC.",
    page: `${REFERENCE}/list_amazonec2.html`,
  },
  {
    actions: ["ssm:GetCommandInvocation"],
    why: "Knows no resource, and takes the id of a command, which is made at random. Only where a command is declared as a consumer.",
    page: `${REFERENCE}/list_awssystemsmanager.html`,
  },
];
