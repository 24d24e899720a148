/** Where a stage is deployed. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stage: string;
}

export const stackOf = ({ stage }: Pick<Place, "stage">) => `keyturn-${stage}`;

/**
 * The most that CloudFormation leaves whole of a stack's name: what it names itself begins with that, and the deployment's
 * bucket has the shortest name, 63 characters with `-serverlessdeploymentbucket-` and 13 of its own.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
const LONGEST_STACK = 63 - "-serverlessdeploymentbucket-".length - 13;

/** All that the stack has, by service: each name begins with the stack's. Throws where the stage's name is too long for that. */
export function resourcesOf(place: Place): Readonly<Record<string, readonly string[]>> {
  const stack = stackOf(place);
  if (stack.length > LONGEST_STACK)
    throw new Error(
      `The stage ${place.stage} has too long a name: of more than ${LONGEST_STACK - stackOf({ stage: "" }).length} letters ` +
        "CloudFormation cuts the names that it makes, and a policy could not go by them.",
    );
  const partition = partitionOf(place.region);
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:${place.region}:${place.account}:${rest}`;
  return {
    cloudformation: [arn("cloudformation", `stack/${stack}/*`)],
    // Dashboards are of no region.
    cloudwatch: [
      arn("cloudwatch", `alarm:${stack}-*`),
      `arn:${partition}:cloudwatch::${place.account}:dashboard/${stack}-*`,
    ],
    dynamodb: [arn("dynamodb", `table/${stack}-*`)],
    // CreateArchive is asked about the archive's key, too.
    events: [
      ...["event-bus/#", "event-bus/#-*", "archive/#-*", "rule/#-*", "rule/#/*"].map((name) =>
        arn("events", name.replace("#", stack)),
      ),
      arn("kms", "key/*"),
    ],
    iam: [`arn:${partition}:iam::${place.account}:role/${stack}-*`],
    lambda: [arn("lambda", `function:${stack}-*`)],
    logs: [arn("logs", `log-group:/aws/lambda/${stack}-*`)],
    s3: [`arn:${partition}:s3:::${stack}-*`, `arn:${partition}:s3:::${stack}-*/*`],
    // DeleteScheduleGroup is asked about as schedule/<group>/*, too.
    scheduler: [arn("scheduler", `schedule-group/${stack}`), arn("scheduler", `schedule/${stack}/*`)],
    sns: [arn("sns", `${stack}-*`)],
    sqs: [arn("sqs", `${stack}-*`)],
    states: [arn("states", `stateMachine:${stack}-*`)],
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
