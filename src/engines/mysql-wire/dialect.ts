import type { AlternateReport, PasswordReport } from "../engine.js";
import type { Account } from "./connect.js";
import type { Grant, Role } from "./grant.js";

/** An account as it is in the system's tables. */
export interface Known extends Account {
  /** Nobody logs in as a locked account. MySQL's roles are such. */
  readonly locked: boolean;
}

/** What MySQL and MariaDB do each in its own way. */
export interface Dialect {
  readonly sentAs: PasswordReport["sentAs"];
  /** Every account of a name. */
  accountsOf(user: string): Promise<Known[]>;
  /** Whether these accounts of one name belong to one holder: each has what only an admin gave it, or all one password. */
  areOneLogin(accounts: readonly Account[]): Promise<boolean>;
  /** What a person runs to say so. */
  howToJoin(user: string): string;
  /** Sets the password and unlocks, or locks; while it is locked nobody gets in, whatever the password. */
  setLock(accounts: readonly Account[], lock: { password: string; locked: boolean }): Promise<void>;
  /** Makes, or brings in line, one account of the clone; while it is not whole nobody knows its password. */
  align(base: Account, clone: Account): Promise<Pick<AlternateReport, "granted" | "revoked">>;
  /** The role without a right that says of a login that it is the clone of this base. */
  cloneMark(base: string): Role;
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
  /** What a person runs to say that a login is the clone of another. */
  howToMark(base: string): string;
  /** What a person runs to let the admin do all this. */
  howToPermit(admin: string): string;
}
