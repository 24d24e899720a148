import { chapter, WAIT_FIRST } from "./explanation.js";

export const AWS = chapter(
  {
    title: "Errors of AWS",
    kind: "error",
    of: "a call of AWS",
    about: "A call of Secrets Manager, DynamoDB, Step Functions or another service did not do what it should.",
  },
  {
    SecretNotFound: [
      "There is no such secret, or no value in it.",
      "Look at its name or ARN, its region and its versions.",
    ],
    SecretRefused: [
      "The secret is scheduled for deletion, or managed by another service.",
      "Restore it, or take its keyturn:schedule tag off.",
    ],
    KeyUnusable: [
      "The secret's KMS key cannot be used.",
      "See that it is enabled, and that its policy lets the function's role decrypt and generate data keys.",
    ],
    AccessDenied: [
      "A role of Keyturn's, or whoever runs the command, may not do this.",
      "Look at the secret's tags (the roles reach tagged secrets only), its resource policy and its key's policy; else deploy again.",
    ],
    AccountNotListed: [
      "The secret is of an account that accounts in keyturn.yml does not name. Nothing was read.",
      "Start it in that account's own deployment; or name the account in the keyturn.yml of this one, deploy, and have its owner deploy the roles: docs/accounts.md.",
    ],
    AccountUnreachable: [
      "A function may not take on its role in another account: it is not there, or of another stage, region or deployment.",
      "Have the account's owner deploy there what npm run -s account-template prints, in the deployment's region: docs/accounts.md.",
    ],
    MixedAccounts: ["Secrets of two accounts were to be read in one call.", "Please report it."],
    LimitExceeded: ["The secret has reached a quota of Secrets Manager.", "See in the cause which."],
    Throttled: [
      "AWS asked for fewer calls.",
      `${WAIT_FIRST} see what else in the account calls it, or lower writesPerSecond in keyturn.yml.`,
    ],
    ServiceFault: ["A service of AWS had a fault of its own.", `${WAIT_FIRST} look at AWS's health dashboard.`],
    Unreachable: [
      "A service of AWS gave no answer.",
      `${WAIT_FIRST} functions in a VPC need an interface end point for the service, or NAT; see "network" in keyturn.yml.`,
    ],
    CredentialsExpired: [
      "The AWS credentials had expired.",
      `${WAIT_FIRST} of a command on your machine, log in to AWS again.`,
    ],
    UnexpectedAwsError: [
      "AWS refused the call, for a reason that Keyturn does not know.",
      "The cause in the function's log has it. Please report it.",
    ],
    IncompleteAnswer: ["Secrets Manager's answer lacks an ARN, a name or a version.", "Please report it."],
    "Lambda.Unknown": [
      "A function ended without an answer: it ran out of memory, or its process died.",
      `${WAIT_FIRST} look into its log, which ends where it died.`,
    ],
    "Lambda.ResourceNotReadyException": [
      "A function was not ready, as after a deployment.",
      `${WAIT_FIRST} look at its state in Lambda.`,
    ],
    "Lambda.ENINotReadyException": [
      "A function's network was not ready.",
      `${WAIT_FIRST} see that the subnets of "network" have free addresses.`,
    ],
    "Lambda.EC2ThrottledException": [
      "Lambda was throttled while it set up a function's network.",
      `${WAIT_FIRST} see what else in the account starts functions in a VPC.`,
    ],
    "Lambda.TooManyRequestsException": [
      "Lambda ran as many functions at once as the account, or the function, may.",
      `${WAIT_FIRST} see what else takes the account's concurrency, or ask AWS for more.`,
    ],
    "Lambda.ServiceException": ["Lambda had a fault of its own.", `${WAIT_FIRST} look at AWS's health dashboard.`],
    "Lambda.AWSLambdaException": ["Lambda had a fault of its own.", `${WAIT_FIRST} look at AWS's health dashboard.`],
    "Lambda.SdkClientException": [
      "Step Functions could not reach Lambda.",
      `${WAIT_FIRST} look at AWS's health dashboard.`,
    ],
    "Lambda.ClientExecutionTimeoutException": [
      "Lambda gave Step Functions no answer in time.",
      `${WAIT_FIRST} look at AWS's health dashboard.`,
    ],
    "Sandbox.Timedout": [
      "A function reached its time limit.",
      `${WAIT_FIRST} look into its log for what it waited for.`,
    ],
    "Runtime.ExitError": ["A function's process ended by itself.", `${WAIT_FIRST} look into its log.`],
    "States.Timeout": [
      "A state reached its time limit.",
      `${WAIT_FIRST} look into the function's log for what it waited for.`,
    ],
  },
);
