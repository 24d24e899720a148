import { chapter, WAIT_FIRST } from "./explanation.js";

const DEPLOY = "Deploy again; the template sets it.";

export const WORKFLOW = chapter(
  {
    title: "Errors of the workflow",
    kind: "error",
    of: "the workflow",
    about: "What concerns an execution as a whole, and faults of Keyturn's own.",
  },
  {
    ServerSilent: [
      "A rotation by a schedule found that the database's server gives no answer, and changed nothing there.",
      "See that the server is up and lets the functions in. Its schedule asks again; a request by hand goes there at once.",
    ],
    NotRecorded: [
      "How the execution ended could not be written down. It was announced, and its recovery writes it down when it can.",
      "See why the table cannot be written to: its role, its key.",
    ],
    ConsumersLost: [
      "What became of a consumer could not be found out or announced. The others were told.",
      "The state before the last has which it is: see there whether it took the new credential up, and restart it if not.",
    ],
    NotSummedUp: [
      "A dry run's checks could not be put together.",
      "Look at its execution's history; then run it dry again.",
    ],
    FleetStopped: [
      "A run stopped itself, because more failed than toleratedFailurePercent allows.",
      "Mend what failed, then start the execution again with its own input: it goes on with what is left.",
    ],
    RotationFailed: [
      "A rotation failed, and no error of a phase's says of what.",
      "Look at its record: reason, message and facts.",
    ],
    NotAwaited: [
      "Someone invoked Store secret for a version that no rotation waits for.",
      "See in CloudTrail who did; nothing was written.",
    ],
    StillRunning: ["The execution goes on.", "Nothing: it is looked at again by itself."],
    NoTable: ["A function does not know its table.", DEPLOY],
    NoTopic: ["A function does not know its topic.", DEPLOY],
    NoMachine: ["A function does not know its state machine.", DEPLOY],
    NoWebhook: ["A function does not know the webhook that announcements are sent to.", DEPLOY],
    WebhookKeyInvalid: [
      "The secret that notifications.webhook.key names holds no signing key, so nothing is sent.",
      "Store whsec_ and 24 to 64 random bytes in base64 there, and nothing else. Then send what is in the queue of dead letters again.",
    ],
    WebhookRefused: [
      "The webhook's receiver did not answer with 200 to 299; a redirect is no such answer.",
      "Look there. It is sent twice more, and then it is in the queue of dead letters.",
    ],
    WebhookUnreachable: [
      "The webhook's receiver could not be reached by TLS, with a certificate that Node.js trusts, or gave no answer within 20 seconds.",
      "See that it is up, and that its certificate is of its host. It is sent twice more, and then it is in the queue of dead letters.",
    ],
    NoRules: ["A function does not know the deployment's rules.", DEPLOY],
    Unexpected: [
      "A fault in Keyturn itself.",
      "Please report it, with the place in the code that the message names. No value is in it.",
    ],
    Unknown: ["An error came without a code or a name.", "Look at the execution's history."],
  },
);

export const NATIVE = chapter(
  {
    title: "Errors of Secrets Manager's own rotation",
    kind: "error",
    of: "Secrets Manager's rotation",
    about: "What Keyturn's rotation function answers Secrets Manager, which tries again by itself.",
  },
  {
    NotNative: [
      "Secrets Manager's own rotation is off for the secret, or by another function.",
      "Turn it on: npx keyturn native <secret> on.",
    ],
    NotRotated: [
      "The rotation that the step belongs to did not move AWSCURRENT.",
      "Look at the execution that the message names.",
    ],
    NothingPending: [
      "The version is not one that Secrets Manager waits for.",
      "Nothing. To rotate the secret, ask for it.",
    ],
    ExecutionEnded: [
      "The execution was stopped or timed out.",
      `${WAIT_FIRST} look at its history. Recovery brings the secret to rest.`,
    ],
    CheckFailed: [
      "Secrets Manager tested the configuration, and a rotation would fail.",
      "Run the secret dry, and mend what its checks say.",
    ],
  },
);

export const ADOPTION = chapter(
  {
    title: "Errors of taking over and giving back",
    kind: "error",
    of: "adopt and leave",
    about: "Of `adopt`, `leave` and `native`. Each leaves all as it was.",
  },
  {
    AdoptedAlready: ["Secrets Manager rotates the secret by Keyturn's function already.", "Nothing."],
    NotAdopted: ["Nothing shows which function rotated the secret before.", "Say which is to rotate it, by its ARN."],
    NoSchedule: ["Nothing shows on which schedule the function is to rotate it.", "Say the schedule."],
    RotationUnderWay: [
      "A rotation is under way, or was cut off: AWSPENDING is on another version than AWSCURRENT.",
      "Let it end, or rotate the secret once more; then try again.",
    ],
    WouldFail: [
      "A dry run found that a rotation by Keyturn would fail.",
      "Mend what the message lists, then try again.",
    ],
    NotRotated: ["No function rotates the secret.", "Tag it keyturn:stage and keyturn:schedule: that is all it takes."],
    NotChecked: ["The dry run came to no end.", "Look at the execution that the message names."],
  },
);

export const CONSUMERS = chapter(
  {
    title: "Outcomes of a consumer's refresh",
    kind: "error",
    of: "a consumer",
    about: "Why a consumer did not take up the new credential. The rotation is not touched by that.",
  },
  {
    Refreshed: ["The consumer took it up.", "Nothing."],
    ToldBySomebodyElse: ["Another execution told the consumer of this rotation.", "Nothing."],
    ConsumerGone: [
      "The service, function, cluster, document or instance is not there.",
      "Correct the consumer in keyturn.yml and deploy.",
    ],
    DeploymentRefused: [
      "ECS does not deploy the service anew when asked to.",
      "Where CodeDeploy or another controller deploys it, have that one do it, by a webhook for one.",
    ],
    DocumentRefused: ["The Systems Manager document wants parameters.", "Name one that wants none."],
    UpdateUnderWay: ["Another update of the function is under way.", `${WAIT_FIRST} look at the function in Lambda.`],
    ChangedMeanwhile: ["The function was changed meanwhile.", "Nothing: it is tried again by itself."],
    NotTakenUp: [
      "The consumer's service says that it failed.",
      "Look there at why, mend it, and restart the consumer yourself.",
    ],
    TookTooLong: [
      "It had not ended within the consumer's limitMinutes.",
      "Look at it; where that is usual, raise limitMinutes in keyturn.yml.",
    ],
  },
);

export const COMMAND = chapter(
  {
    title: "Errors of the keyturn command",
    kind: "error",
    of: "the keyturn command",
    about: "What `keyturn` itself says, before or without a rotation. With `--json` the code is in `error.code`.",
  },
  {
    Usage: ["The command line asks for what cannot be.", "Look at keyturn --help, or at --help of the command."],
    Interrupted: ["Somebody pressed Ctrl-C.", "Nothing: what runs in the cloud goes on."],
    NotDeployed: [
      "There is no deployment of that stage in this account and region.",
      "Say --stage, --region and --profile of the one that is meant, or deploy it.",
    ],
    NoEmbeddedCloud: ["No embedded cloud is up in this folder.", "Start it in another terminal: npm run local."],
    NoRegion: ["No region is set.", "Say --region, or set AWS_REGION."],
    NoCredentials: ["There are no AWS credentials.", "Log in to AWS, or say --profile. With --local none are needed."],
    CredentialsExpired: ["Your AWS credentials have expired.", "Log in to AWS again."],
    WrongCredentials: ["AWS does not know your credentials.", "Ask AWS whose they are: aws sts get-caller-identity."],
    NoPermission: [
      "AWS does not let you do this.",
      "Ask whoever gives rights in the account for the action that the message names.",
    ],
    PolicyRefused: [
      "AWS does not take the policy by which other accounts would read the secret; nothing was stored.",
      "Look at the accounts that were named; the message has what AWS says.",
    ],
    StoredInPart: [
      "The secret is stored, and something that was to come after it is not: its policy, its copies.",
      "Take it back by the command in the message and store it again, or add what is missing yourself.",
    ],
    DeployerLacks: [
      "By IAM's simulation, whoever deploys may not do all that the stack takes; nothing was deployed.",
      "Attach what npm run -s deployer-policy prints; where the simulation is wrong, keyturn deploy --skip-permissions.",
    ],
    Unreachable: ["AWS gave no answer to the command.", "See that there is a network, and that the region is right."],
  },
);
