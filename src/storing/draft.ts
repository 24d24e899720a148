/**
 * What has been answered so far, as it was typed: in a terminal, in flags, in a form. Nothing in it is checked yet, and
 * `password` and `fields` are secret.
 */
export interface Draft {
  /** A name of `TYPES`. */
  readonly type?: string;
  readonly host?: string;
  readonly port?: string;
  readonly database?: string;
  readonly username?: string;
  readonly password?: string;
  /** `yes` or `no`. */
  readonly tls?: string;
  /** Of what is no database all that it holds; of a database what it holds besides. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly description?: string;
  /** Each as `team=payments`. */
  readonly tags?: readonly string[];
  /** ARN, id or alias of a KMS key; empty: the one that AWS manages. */
  readonly kmsKey?: string;
  /** Other accounts that may read it, each of twelve digits. */
  readonly accounts?: readonly string[];
  /** Each as `eu-west-1`, or with a key of that region: `eu-west-1=alias/shop`. */
  readonly regions?: readonly string[];
  /** A schedule of keyturn.yml; empty: nothing rotates it. */
  readonly schedule?: string;
  readonly strategy?: string;
  /** ARN of the admin secret. */
  readonly admin?: string;
  /** Of an admin secret: the beginnings of the names of secrets that may name it. */
  readonly adminFor?: readonly string[];
}

export type Key = keyof Draft;

/** Where it is stored, and what there is to choose from. */
export interface Offered {
  readonly stage: string;
  readonly region: string;
  /** Of the deployment. */
  readonly schedules: readonly string[];
  /** KMS keys of the account's own; absent where they could not be listed. */
  readonly keys?: readonly Option[];
  /** Admin secrets by their ARN; absent where they could not be listed. */
  readonly admins?: readonly Option[];
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** Something that is not as it must be, and which answer it is about. */
export interface Mistake {
  readonly key: Key;
  /** A sentence that says what to do; never quotes a secret. */
  readonly message: string;
}
