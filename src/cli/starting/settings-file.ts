/** What a first keyturn.yml says. */
export interface FirstSettings {
  readonly schedule: string;
  readonly expression: string;
  readonly timezone: string;
  readonly dueAfterDays: number;
  readonly email: readonly string[];
  readonly network?: {
    readonly vpcId: string;
    readonly subnetIds: readonly string[];
    /** None: they have to be made first. */
    readonly securityGroupIds: readonly string[];
  };
}

/** The text of a `keyturn.yml`, with what a person should know beside each setting; valid by keyturn.schema.json. */
export function settingsFile({ schedule, expression, timezone, dueAfterDays, email, network }: FirstSettings): string {
  return `# yaml-language-server: $schema=./keyturn.schema.json
# What a deployment does; the schema says all that may stand here, and editors show it. Then: npx keyturn deploy.
# Per secret, its tags decide: keyturn:stage = dev (or whatever stage is deployed) and keyturn:schedule = ${schedule} put it on the
# schedule below. npx keyturn store and npx keyturn adopt write them.

schedules:
  ${schedule}:
    expression: ${expression}
    timezone: ${timezone}
    flexibleWindowMinutes: 30
    # Secrets rotated less than so many days ago are left for later.
    dueAfterDays: ${dueAfterDays}
    # How many are rotated at once.
    concurrency: 10
    # blackouts: [{ from: 2026-12-20, to: 2027-01-04 }, { hours: 08:00-18:00, days: [mon, tue, wed, thu, fri] }]
    # toleratedFailurePercent: 5   # of a wave; then a run stops itself
    # retireAfterMinutes: 60       # alternating users, dual password: so long after a rotation the old credential dies

${networkLines(network)}

# Every managed secret is run dry, so that what is broken is known before it is due.
doctor:
  expression: rate(1 day)

# Secrets that should have been rotated more than a day ago are told of.
overdue:
  expression: rate(1 day)

notifications:
  # Each address is asked once to confirm.
  email: ${JSON.stringify(email)}
  on: [failed, needs attention, retirement failed, changed outside, check failed, consumer failed, overdue]
`;
}

function networkLines(network: FirstSettings["network"]): string {
  if (!network)
    return `# For databases in a VPC: subnets with a way to Secrets Manager, and a group that the databases' own lets in.
# network:
#   subnetIds: [subnet-0123456789abcdef0]
#   securityGroupIds: [sg-0123456789abcdef0]`;
  const { vpcId, subnetIds, securityGroupIds } = network;
  const subnets = `subnetIds: [${subnetIds.join(", ")}]`;
  if (securityGroupIds.length === 0)
    return `# The VPC of the databases, ${vpcId}. Their security groups let no other in: make one for the functions, and let it in.
# network:
#   ${subnets}
#   securityGroupIds: [sg-0123456789abcdef0]`;
  return `# The VPC of the databases, ${vpcId}. Their security groups let these in.
network:
  ${subnets}
  securityGroupIds: [${securityGroupIds.join(", ")}]`;
}
