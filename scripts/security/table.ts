import { markdown } from "../tables/markdown.js";

/** As much of a packaged template as the table is made of. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What an action is worth to whoever has the role, in words. The first that fits counts. */
interface Meaning {
  readonly action: RegExp;
  /** What the statement's resources and conditions must have in them. */
  readonly where?: RegExp;
  readonly says: string | ((statement: Statement) => string);
}

const ON_ADMINS = /keyturn:admin/;
const ON_MANAGED = /keyturn:schedule/;

/** In the order in which they stand in a cell: the worst first. */
const MEANINGS: readonly Meaning[] = [
  {
    action: /^secretsmanager:GetSecretValue$/,
    where: ON_ADMINS,
    says: "**reads the values of all admin secrets of its stage**, and so is what they are in their databases",
  },
  {
    action: /^secretsmanager:GetSecretValue$/,
    where: ON_MANAGED,
    says: "**reads the values of all managed secrets of its stage**",
  },
  {
    action: /^secretsmanager:PutSecretValue$/,
    where: ON_MANAGED,
    says: "**stores versions of managed secrets**, whatever is in them",
  },
  {
    action: /^secretsmanager:UpdateSecretVersionStage$/,
    where: ON_MANAGED,
    says: "**moves labels of managed secrets**, AWSCURRENT too: applications get what was stored before",
  },
  {
    action: /^secretsmanager:RotateSecret$/,
    where: ON_MANAGED,
    says: "has Secrets Manager rotate managed secrets, by the function that is attached to each",
  },
  { action: /^lambda:InvokeFunction$/, says: (one) => `invokes ${namesIn(one)}, with any input` },
  { action: /^states:StartExecution$/, says: (one) => `starts ${namesIn(one)}, with any input` },
  { action: /^states:StopExecution$/, says: (one) => `stops executions of ${namesIn(one)}` },
  {
    action: /^dynamodb:(PutItem|UpdateItem)$/,
    says: "**writes records, locks and claims**, also over those that are there (the archive keeps what was announced)",
  },
  { action: /^dynamodb:(GetItem|BatchGetItem|Query)$/, says: "reads records, locks and claims" },
  { action: /^events:PutEvents$/, says: "announces anything, which programs may believe, but no message to people" },
  { action: /^sns:Publish$/, says: "sends people any message" },
  {
    action: /^events:(PutTargets|PutRule|DescribeRule)$/,
    where: /StepFunctionsGetEventsForStepFunctionsExecutionRule/,
    says: "changes the rule that Step Functions keeps for nested executions",
  },
  {
    action: /^states:(DescribeExecution|GetExecutionHistory)$/,
    says: (one) => `sees inputs, outputs and histories of ${namesIn(one)}`,
  },
  {
    action: /^secretsmanager:DescribeSecret$/,
    where: ON_ADMINS,
    says: "sees names, tags and labels of admin secrets",
  },
  {
    action: /^secretsmanager:DescribeSecret$/,
    where: ON_MANAGED,
    says: "sees names, tags and labels of managed secrets",
  },
  {
    action: /^secretsmanager:(DescribeSecret|ListSecrets)$/,
    says: "sees names, tags and labels of all secrets of the account",
  },
  {
    action: /^(rds|redshift|redshift-serverless):(Describe|List)/,
    says: "sees the account's RDS and Redshift servers",
  },
  {
    action: /^kms:(Decrypt|GenerateDataKey)$/,
    where: /kms:EncryptionContext:SecretARN/,
    says: "uses the keys of secrets, by Secrets Manager and for what it may read or store",
  },
  {
    action: /^kms:(Decrypt|GenerateDataKey)$/,
    where: /kms:(ViaService|EncryptionContext:aws:scheduler)/,
    says: "uses Keyturn's own key, by the services that it is for",
  },
  { action: /^sqs:SendMessage$/, says: "puts anything into the queue of dead letters" },
  // Has no resources: what may be read by it is in GetSecretValue.
  { action: /^secretsmanager:BatchGetSecretValue$/, says: "" },
  // Every function's own log.
  { action: /^logs:(CreateLogStream|PutLogEvents)$/, where: /log-group/, says: "" },
];

/** A row for each role of the template. Throws for an action that has no words yet. */
export function securityTable({ Resources }: Template): string {
  const roles = Object.entries(Resources).filter(([, { Type }]) => Type === "AWS::IAM::Role");
  const rows = roles.map(([id, { Properties = {} }]) => {
    const { Policies } = Properties as { Policies: Array<{ PolicyDocument: { Statement: Statement[] } }> };
    const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    return [`\`${id.replace(/Role$/, "")}\``, takenBy(Properties), could(statements)];
  });
  return markdown([["Role", "Taken by", "Could, if that were taken over"], ...rows]);
}

function could(statements: readonly Statement[]): string {
  const said = statements
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) =>
      [statement.Action].flat().map((action) => {
        const about = JSON.stringify([statement.Resource, statement.Condition ?? null]);
        const rank = MEANINGS.findIndex((one) => one.action.test(action) && (one.where?.test(about) ?? true));
        const meaning = MEANINGS[rank];
        if (!meaning) throw new Error(`scripts/security/table.ts has no words for ${action} on ${about}.`);
        return { rank, says: typeof meaning.says === "string" ? meaning.says : meaning.says(statement) };
      }),
    )
    .sort((one, other) => one.rank - other.rank)
    .map(({ says }) => says)
    .filter((says) => says !== "");
  return [...new Set(said)].join("; ") || "writes its own log";
}

function takenBy(properties: Readonly<Record<string, unknown>>): string {
  const service = /"Service":"([a-z]+)\.amazonaws\.com"/.exec(JSON.stringify(properties))?.[1] ?? "";
  const named = { lambda: "the function", states: "the machine", scheduler: "schedules", events: "rules" };
  const found = named[service as keyof typeof named];
  if (!found) throw new Error(`scripts/security/table.ts has no words for ${service}.`);
  return found;
}

/** Functions and machines in a statement, by their names behind the stack's. */
function namesIn({ Resource }: Statement): string {
  const names = [
    ...JSON.stringify(Resource).matchAll(/:(?:function|stateMachine|execution):\$\{AWS::StackName\}-([a-z-]+)/g),
  ];
  if (names.length === 0) throw new Error(`scripts/security/table.ts finds no name in ${JSON.stringify(Resource)}.`);
  return names.map(([, name]) => `\`${name}\``).join(", ");
}
