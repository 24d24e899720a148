/** Who makes a call, known by the access key the request is signed with. */
export interface Caller {
  /** `arn:aws:sts::…:assumed-role/…/plan`, or the root of the account for a person at the laptop. */
  readonly arn: string;
  /** What the caller may do; `undefined` for the root, who may do everything. */
  readonly statements?: readonly PolicyStatement[];
  /** Condition keys that each of its calls has: `lambda:SourceFunctionArn`. */
  readonly conditions?: Readonly<Record<string, string>>;
}

/** A service that takes a role on. */
export interface Taker {
  /** `states.amazonaws.com` */
  readonly service: string;
  /** For the sake of which resource, where the service says so. */
  readonly sourceArn?: string;
}

/** An IAM statement with its intrinsic functions resolved. */
export interface PolicyStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A statement of a policy that stands at a resource: it says, too, who it is about. */
export interface ResourceStatement extends PolicyStatement {
  readonly Principal:
    | "*"
    | { readonly Service?: string | readonly string[]; readonly AWS?: string | readonly string[] };
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
  /** The resource's own policy, where it is not the template's. */
  readonly policy?: readonly ResourceStatement[];
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

/** An event as it travels on a bus. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds, as EventBridge writes it. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * What the parts of the embedded cloud are made with. `cloud.ts` builds one and hands it to every service, so that no
 * service knows another.
 */
export interface Surroundings {
  readonly region: string;
  readonly accountId: string;
  readonly clock: () => Date;
  /** A folder of the store of one's own: JSON values, atomic batches, kept across restarts. */
  readonly store: (name: string) => Store;
  /** Seals and opens values; `context` (an ARN) must be the same both times. */
  readonly seal: (plaintext: string, context: string) => string;
  readonly open: (sealed: string, context: string) => string;
  /** Calls an operation as `caller`: checked against IAM, logged, open to faults, as if it had come over the wire. */
  readonly call: (
    service: string,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    caller: Caller,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /** Runs a Lambda function. Throws `FunctionError` when the function fails. `beside`: the event may wait for others of it. */
  readonly invoke: (functionArn: string, payload: unknown, beside?: boolean) => Promise<unknown>;
  /** Puts an event of an AWS service on the default bus. */
  readonly emit: (event: Pick<BusEvent, "detail-type" | "source" | "resources" | "detail">) => void;
  /** Takes a role on. Throws where its trust policy does not let this service, or not for the sake of this resource. */
  readonly roleCaller: (roleArn: string, session: string, taker: Taker) => Caller;
  /** Throws AWS's error unless the caller may do all of this. `call` asks it by itself. */
  readonly authorize: (caller: Caller, touched: readonly Touched[]) => void;
  /** How many times faster than in the cloud waits pass; time-outs keep their length. 1 unless a test says so. */
  readonly speed: number;
}

/** The part of `abstract-level` the services use; keys are strings, values JSON. */
export interface Store {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<void>;
  batch(
    operations: ReadonlyArray<{ type: "put"; key: string; value: unknown } | { type: "del"; key: string }>,
  ): Promise<void>;
  /** Entries in key order whose key is ≥ `gte` and < `lt`. */
  entries(range?: { gte?: string; lt?: string; limit?: number; reverse?: boolean }): AsyncIterable<[string, unknown]>;
}

/** A Lambda function that failed, as Step Functions sees it. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  constructor(
    /** `TransientError`, `Sandbox.Timedout`, `Runtime.ExitError`, … */
    readonly errorType: string,
    readonly errorMessage: string,
    readonly trace: readonly string[] = [],
  ) {
    super(`${errorType}: ${errorMessage}`);
  }
}
