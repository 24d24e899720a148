/** Who makes a call, known by the access key the request is signed with. */
export interface Caller {
  /** `arn:aws:sts::…:assumed-role/…/plan`, or the root of the account for a person at the laptop. */
  readonly arn: string;
  /** What the caller may do; `undefined` for the root, who may do everything. */
  readonly statements?: readonly PolicyStatement[];
}

/** An IAM statement with its intrinsic functions resolved. */
export interface PolicyStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One call of one operation of one service, decoded from the wire. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** What a call touches, for IAM: `resource` may end in `*` where AWS has no resource-level permission. */
export interface Touched {
  /** `secretsmanager:GetSecretValue` */
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values, `secretsmanager:ResourceTag/keyturn:schedule` and the like. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** A service of the embedded cloud. */
export interface Service {
  /** The signing name: `secretsmanager`, `events`, `scheduler`, `sns`, `states`, `dynamodb`. */
  readonly name: string;
  /** What IAM has to allow before `handle` is called. */
  touches(call: Call): Promise<readonly Touched[]>;
  /** Answers in the shape of the API model. An operation it does not have is refused by name: `unknownOperation`. */
  handle(call: Call): Promise<Readonly<Record<string, unknown>>>;
  close?(): Promise<void>;
}

/** An error as the real service sends it: `code` is the modelled exception's name. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** The refusal of an operation or a parameter that the embedded cloud does not emulate. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError(
    "UnknownOperationException",
    `The embedded cloud has no ${service}:${operation}. See docs/local-vs-aws.md.`,
  );
}
