/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
}

export type Resources = Readonly<Record<string, Resource>>;

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Condition;
}

export type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** `Fn::Sub`, for text with `${AWS::Region}` and the like in it. Written with `#{…}`, as serverless.yml has `${…}`. */
export function sub(text: string): { "Fn::Sub": string } {
  return { "Fn::Sub": text.replaceAll("#{", "${") };
}

export function getAtt(resource: string, attribute: string): { "Fn::GetAtt": [string, string] } {
  return { "Fn::GetAtt": [resource, attribute] };
}

/** A logical id out of a name that may have characters which those may not. */
export function logicalId(...names: string[]): string {
  return names
    .map((name) =>
      name
        .replace(/[^A-Za-z0-9]+(.)?/g, (_, next = "") => next.toUpperCase())
        .replace(/^./, (first) => first.toUpperCase()),
    )
    .join("");
}

/** Who takes a role on: a service, or a role of an account. */
export interface Trusted {
  /** `states.amazonaws.com` */
  readonly service?: string;
  /** The ARN of an account's root: whom of that account its own policies let, and `condition`. */
  readonly account?: unknown;
  /** For whose sake, so that no other account has the service use the role. */
  readonly condition?: Condition;
}

export function allow(action: Statement["Action"], resource: unknown, condition?: Statement["Condition"]): Statement {
  return { Effect: "Allow", Action: action, Resource: resource, ...(condition ? { Condition: condition } : {}) };
}

/** A role that somebody takes on. `name`: absent, CloudFormation makes one. */
export function role(
  { service, account, condition }: Trusted,
  statements: readonly Statement[],
  name?: unknown,
): Resource {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      ...(name ? { RoleName: name } : {}),
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: service ? { Service: service } : { AWS: account },
            Action: "sts:AssumeRole",
            ...(condition ? { Condition: condition } : {}),
          },
        ],
      },
      Policies: [
        { PolicyName: "only-what-it-calls", PolicyDocument: { Version: "2012-10-17", Statement: statements } },
      ],
    },
  };
}
