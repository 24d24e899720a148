import type { Role } from "../mysql-wire/grant.js";

/** One for all pairs: names are too short here for a role of each, and whose clone a login is its own name says. */
export const CLONE: Role = { name: "keyturn_clone", host: "%" };
export const MAKING: Role = { name: "keyturn_making", host: "%" };
export const BASE: Role = { name: "keyturn_base", host: "%" };
export const RETIRED: Role = { name: "keyturn_retired", host: "%" };
/** Of accounts that are one login from several hosts. */
export const HOSTS: Role = { name: "keyturn_hosts", host: "%" };
