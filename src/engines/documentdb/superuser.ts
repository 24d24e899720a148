import type { Wire } from "./connect.js";
import { isAllPowerful, type Role } from "./users.js";

/** https://www.mongodb.com/docs/manual/reference/command/connectionStatus/ */
export interface AuthInfo {
  /** Those that come with others too. */
  readonly authenticatedUserRoles?: readonly Role[];
  readonly authenticatedUserPrivileges?: ReadonlyArray<{
    readonly resource?: { readonly db?: string; readonly collection?: string; readonly anyResource?: boolean };
    readonly actions?: readonly string[];
  }>;
}

/** By the roles root and __system, or by a role that lets it do anything to any resource. */
export async function isSuperuser(wire: Wire): Promise<boolean> {
  const { authInfo = {} } = await wire.command({ connectionStatus: 1, showPrivileges: true });
  const { authenticatedUserRoles: roles = [], authenticatedUserPrivileges: privileges = [] } = authInfo as AuthInfo;
  return (
    isAllPowerful(roles) ||
    privileges.some(({ resource, actions = [] }) => resource?.anyResource === true && actions.includes("anyAction"))
  );
}
