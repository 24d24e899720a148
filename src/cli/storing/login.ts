import { databases } from "../../lambda/databases.js";
import { asItself } from "../../rotation/logins.js";
import { parseSecret } from "../../secrets/format.js";
import { contentOf } from "../../storing/content.js";
import type { Draft } from "../../storing/draft.js";

/**
 * Logs in with the draft's credential, from here, and says what the server calls itself. `caFile`: certificate authorities to
 * trust beside Node's own. Throws `KeyturnError`s, in which no password stands.
 */
export async function tryLogin(draft: Draft, caFile: string | undefined): Promise<{ serverVersion: string }> {
  const access = parseSecret(JSON.stringify(contentOf(draft)), "secret");
  return asItself({ databases: databases(caFile) }, access, (session) => session.whoAmI());
}
