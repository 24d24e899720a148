/** What shows that a documented command works: a test or a proof that runs it; or why nothing here can. */
export type Run =
  /** `says`: what stands in that file where it does; `how`: what of it is otherwise there. */
  { readonly by: string; readonly says: string; readonly how?: string } | { readonly not: string };

const ACCOUNT: Run = { not: "It needs an AWS account: docs/first-run-on-aws.md is the run that is still to be made." };
const SMALL = (script: string): Run => ({ by: "test/commands/small.test.ts", says: `"${script}"` });
const IN_CI = (proof: string): Run => ({ by: `scripts/prove-${proof}.ts`, says: "USAGE", how: "by .ci/run" });
const MEASURED = (script: string): Run => ({ by: "test/commands/measure.test.ts", says: script });

/** The same call as the aws command line makes, by AWS's SDK, to the embedded cloud. */
const sdk = (test: string, command: string): Run => ({ by: `test/${test}.test.ts`, says: `${command}Command` });

/** By the beginning of the command: program, and what it is told to do. */
export const RUNS: Readonly<Record<string, Run>> = {
  "npm ci": { by: "scripts/setup.mjs", says: "ci", how: "with which each npm command begins in a fresh clone" },
  "npm start": { by: "test/commands/interrupted.test.ts", says: "scripts/start.ts" },
  "npm test": { not: "It is what runs this." },
  "npm run test:commands": { by: ".ci/run", says: "npm run --silent test:commands" },
  "npm run local": { by: "test/commands/local.test.ts", says: "local" },
  "npm run check": { by: ".ci/run", says: "npm run --silent check" },
  "npm run package": { by: "test/commands/same-bytes.test.ts", says: "package" },
  "npm run bench": MEASURED("bench"),
  "npm run bench:availability": MEASURED("bench:availability"),
  "npm run bench:fleet": MEASURED("bench:fleet"),
  "npm run crash-matrix": MEASURED("crash-matrix"),
  "npm run prove:deploy": IN_CI("deploy"),
  "npm run prove:machines": IN_CI("machines"),
  "npm run prove:rules": IN_CI("rules"),
  "npm run mutants": { not: "It takes minutes, and Stryker, which is not among the dependencies." },
  eval: { by: "test/cli/completion.test.ts", says: 'eval "$1"', how: "in bash" },
  "npm run deployer-policy": SMALL("deployer-policy"),
  "npm run account-template": SMALL("account-template"),
  "npm run licences": SMALL("licences"),
  "npm run sbom": SMALL("sbom"),

  "npx serverless package": { by: "test/commands/same-bytes.test.ts", says: "package" },
  "npx serverless deploy": { by: "scripts/prove-deploy/deployment.ts", says: 'serverless("deploy")' },
  "npx serverless remove": { by: "scripts/prove-deploy/deployment.ts", says: 'serverless("remove")' },

  "aws secretsmanager create-secret": sdk("local/secrets-manager/secrets", "CreateSecret"),
  "aws secretsmanager describe-secret": sdk("rotation/native", "DescribeSecret"),
  "aws secretsmanager update-secret": sdk("local/secrets-manager/secrets", "UpdateSecret"),
  "aws secretsmanager delete-secret": sdk("rotation/bad-input", "DeleteSecret"),
  "aws secretsmanager tag-resource": sdk("rotation/native", "TagResource"),
  "aws secretsmanager get-random-password": sdk("local/secrets-manager/extras", "GetRandomPassword"),
  "aws secretsmanager rotate-secret": sdk("rotation/native", "RotateSecret"),
  "aws secretsmanager cancel-rotate-secret": sdk("adoption/adopt", "CancelRotateSecret"),
  "aws secretsmanager update-secret-version-stage": sdk("rotation/attention", "UpdateSecretVersionStage"),
  "aws stepfunctions start-execution": sdk("local/cloud", "StartExecution"),
  "aws stepfunctions describe-execution": sdk("local/cloud", "DescribeExecution"),
  "aws stepfunctions list-executions": sdk("rotation/recovery", "ListExecutions"),
  "aws stepfunctions get-execution-history": sdk("rotation/states", "GetExecutionHistory"),
  "aws stepfunctions stop-execution": sdk("rotation/recovery", "StopExecution"),
  "aws events put-events": sdk("rotation/asked-at-any-moment", "PutEvents"),

  ...Object.fromEntries(
    [
      ...["accessanalyzer validate-policy", "configure set", "sts get-caller-identity"],
      ...["cloudformation create-change-set", "cloudformation delete-stack", "cloudformation describe-stack-events"],
      ...["cloudformation describe-stack-resource", "cloudformation describe-stacks", "cloudformation describe-type"],
      ...["cloudformation execute-change-set", "cloudformation list-stack-resources"],
      ...["cloudwatch describe-alarms", "cloudwatch list-metrics", "cloudwatch set-alarm-state"],
      ...["dynamodb delete-table", "dynamodb update-table"],
      ...["ec2 authorize-security-group-ingress", "ec2 create-security-group", "ec2 create-vpc-endpoint"],
      ...["ec2 delete-security-group", "ec2 delete-vpc-endpoints", "ec2 describe-subnets"],
      ...["ec2 describe-vpc-endpoints", "ec2 describe-vpcs"],
      ...["events delete-archive", "events delete-event-bus", "events list-archives"],
      ...["iam create-policy-version", "iam create-role", "iam delete-role-policy", "iam put-role-policy"],
      ...["kms schedule-key-deletion", "lambda get-function", "logs filter-log-events"],
      ...["rds create-db-instance", "rds delete-db-instance", "rds describe-db-instances"],
      ...["rds modify-db-instance", "rds wait", "sns publish", "sqs get-queue-attributes", "sqs get-queue-url"],
    ].map((call) => [`aws ${call}`, ACCOUNT]),
  ),
};

/** Programs of everybody's, which need no proof; `run` and `output` are made in docs/deploy.md. */
export const EVERYBODYS: ReadonlySet<string> = new Set([
  "cat",
  "cd",
  "echo",
  "export",
  "git",
  "grep",
  "jq",
  "openssl",
  "output",
  "run",
  "sed",
  "sha256sum",
  "sleep",
]);
