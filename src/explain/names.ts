import type { ErrorName } from "../errors.js";
import { chapterOf } from "./explanation.js";

const MEANINGS: Readonly<Record<ErrorName, string>> = {
  TransientError: "It may pass: a network, a lock, a server that restarts. Each state tries it again, for a while.",
  ThrottledError: "AWS asked for fewer calls. Each state tries it again, more and more slowly.",
  InvalidSecretError:
    "The secret's value, its tags or the request are not what they must be. Trying again changes nothing.",
  AccessDeniedError: "A right is missing, in AWS or in the database.",
  CredentialRejectedError: "The database says no to a user name and password.",
  ConflictError: "The facts are not what the rotation found when it began, or somebody else is in the way.",
  UnsupportedError: "What is asked for cannot be done with this server, login or strategy.",
  InternalError: "A fault in Keyturn or in its deployment.",
};

const BY_CODE = "The code before the first colon of the message says which; look that up.";

export const NAMES = chapterOf(
  {
    title: "Names of errors",
    kind: "error",
    of: "an error's name",
    about: "The eight names with which an execution can fail. What went wrong in particular is the code in its cause.",
  },
  MEANINGS,
  {
    TransientError: `It was tried again for as long as the state does. ${BY_CODE}`,
    ThrottledError: "See what else in the account calls the same API, and ask AWS for a higher quota if that is usual.",
    InvalidSecretError: BY_CODE,
    AccessDeniedError: BY_CODE,
    CredentialRejectedError: BY_CODE,
    ConflictError: BY_CODE,
    UnsupportedError: BY_CODE,
    InternalError: `${BY_CODE} Please report it if it is Unexpected.`,
  },
);
