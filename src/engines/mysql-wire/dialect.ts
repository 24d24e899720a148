import type { PasswordReport } from "../engine.js";
import type { Changes } from "../pairs.js";
import type { Account } from "./connect.js";
import type { Grant, Role } from "./grant.js";

/** An account as it is in the system's tables. */
export interface KnownAccount extends Account {
  /** Nobody logs in as a locked account. MySQL's roles are such. */
  readonly locked: boolean;
}

/** What MySQL and MariaDB do each in its own way. */
export interface Dialect {
  readonly sentAs: PasswordReport["sentAs"];
  /** Every account of a name. */
  accountsOf(user: string): Promise<KnownAccount[]>;
  /** Whether these accounts of one name belong to one holder: each has what only an admin gave it, or all one password. */
  areOneLogin(accounts: readonly Account[]): Promise<boolean>;
  /** What a person runs to say so. */
  howToJoin(user: string): string;
  /** Sets the password and unlocks, or locks; while it is locked nobody gets in, whatever the password. */
  setLock(accounts: readonly Account[], lock: { password: string; locked: boolean }): Promise<void>;
  /** Makes one account of the clone, with the mark of one being made; nobody knows its password. */
  make(base: Account, clone: Account): Promise<void>;
  /** Brings one account of the clone in line. `made`: it has never been whole. */
  align(base: Account, clone: Account, how: { made: boolean }): Promise<Changes>;
  /** The role without a right that says of a login that it is the clone of this base, and has been whole. */
  cloneMark(base: string): Role;
  /** The role without a right that says of one that it is being made, and was never whole. */
  makingMark(base: string): Role;
  /** The role without a right that says of a login that the clone named after it is its own: both live and die with it. */
  baseMark(base: string): Role;
  /** The role without a right that says of a base that it was Keyturn that locked it. */
  retiredMark(base: string): Role;
  /** Whether the session may grant a mark, made first where it is not there. */
  mayMarkBy(role: Role): Promise<boolean>;
  /** The hosts of the accounts of a user that have been granted a role, and may not hand it on. */
  hostsWith(role: Role, user: string): Promise<string[]>;
  /** What an account has been granted, by all of its roles too. */
  grantsOf(account: Account): Promise<Grant[]>;
  /** What the session itself has, by its active roles too. */
  ownGrants(): Promise<Grant[]>;
  /** What a person runs to say that two logins are base and clone. */
  howToMark(base: string): string;
  /** What a person runs to let the admin do all this. */
  howToPermit(admin: string): string;
}
