import { allow, type Resources, role, type Statement, sub } from "./cloudformation.js";
import { functionName, STACK } from "./names.js";

/** What a role's name may have: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_NAME = 64;
/** `ap-southeast-2`: as long as any region's code is. */
const LONGEST_REGION = 14;

/**
 * What has nothing to do in other accounts: Secrets Manager invokes a rotation function of its own account; the label moves
 * that are told of are the account's own; and consumers are told for its own secrets.
 */
const AT_HOME: readonly string[] = ["RotateNatively", "NoticeMove", "PlanRefresh"];

/** What a function may do to secrets and with their keys, and see of the servers of admin secrets: all that it has in another account. */
export function onSecrets(statements: readonly Statement[]): Statement[] {
  return statements.filter(({ Action }) => [Action].flat().every((one) => THERE.includes(one.replace(/:.*/, ""))));
}

const THERE: readonly string[] = ["secretsmanager", "kms", "rds", "redshift", "redshift-serverless"];

/** Whether a function acts in other accounts, where there are any. */
export function actsElsewhere(name: string, statements: readonly Statement[]): boolean {
  return !AT_HOME.includes(name) && onSecrets(statements).length > 0;
}

/**
 * The name of a function's role, where other accounts have to know it: as the function is called, and where, because roles
 * are of no region. The role in the other account has the same name, and the function finds it by its own. Without other
 * accounts CloudFormation names the roles.
 */
export function roleName(name: string) {
  return sub(called(name));
}

function called(name: string): string {
  return `${functionName(name)}-#{AWS::Region}`;
}

/** The right to take on the function's roles in other accounts. */
export function takeOn(name: string, accounts: readonly string[]): Statement {
  return allow(
    "sts:AssumeRole",
    accounts.map((account) => sub(`arn:#{AWS::Partition}:iam::${account}:role/${called(name)}`)),
  );
}

/** Throws where a name would be longer than IAM takes. */
export function checkRoleNames(names: readonly string[], stage: string): void {
  const longest = Math.max(...names.map((name) => functionName(name).replace(STACK, "").length));
  const left = LONGEST_NAME - LONGEST_REGION - "keyturn-".length - "-".length - longest;
  if (stage.length > left)
    throw new Error(
      `keyturn.yml:\n  accounts: with the stage ${stage} the roles' names are longer than IAM takes; a stage of ${left} ` +
        "letters is the longest",
    );
}

/** The deployment whose functions are let in. */
export interface Deployment {
  /** Twelve digits. */
  readonly account: string;
  readonly stage: string;
}

/**
 * The roles of another account: for each function that touches secrets, one with the same statements about them, which only
 * that function's role takes on. Its ARN stands in a condition, because IAM keeps an ARN that is a principal as the id of the
 * role that has it now: the role would have to be there first, and one that is made anew would be let in no more.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 * Without an ExternalId, which keeps customers of one third party apart; here both accounts belong to one organisation, and
 * the function takes no role from whoever asks: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function memberRoles(
  functions: Readonly<Record<string, readonly Statement[]>>,
  { account, stage }: Deployment,
): Resources {
  const named = (text: string) => sub(text.replaceAll(STACK, `keyturn-${stage}`));
  return Object.fromEntries(
    Object.entries(functions)
      .filter(([name, statements]) => actsElsewhere(name, statements))
      .map(([name, statements]) => {
        const caller = named(`arn:#{AWS::Partition}:iam::${account}:role/${called(name)}`);
        const trusted = {
          account: sub(`arn:#{AWS::Partition}:iam::${account}:root`),
          condition: { ArnEquals: { "aws:PrincipalArn": caller } },
        };
        return [`${name}Role`, role(trusted, onSecrets(statements), named(called(name)))];
      }),
  );
}
