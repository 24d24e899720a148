import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootKey } from "../gateway/access-keys.js";
import type { Decision } from "../gateway/authorization.js";
import type { OtherRoles } from "../gateway/principals.js";
import { type InventoryServer, inventory } from "../inventory/service.js";
import { kms } from "../kms/service.js";
import { secretsManager } from "../secrets-manager/service.js";
import type { Service, Surroundings } from "../service.js";
import { type RawTemplate, resolved } from "../template/template.js";

/** Another account beside the template's own: with secrets and the roles of a template, and nothing else. */
export interface OtherAccount {
  readonly accountId: string;
  /** A CloudFormation template, JSON; its roles are read. */
  readonly templateFile: string;
  /** As the cloud's own, for the roles of this account. */
  readonly onDecision?: (decision: Decision) => void;
}

/** Its root's key is kept in the data's file `credentials-<account>`. */
export function rolesIn({ accountId, templateFile }: OtherAccount, region: string, dataDir: string): OtherRoles {
  const raw = JSON.parse(readFileSync(templateFile, "utf8")) as RawTemplate;
  const template = resolved(raw, { region, accountId, stackName: "keyturn-roles" });
  return { accountId, template, rootKey: rootKey(join(dataDir, `credentials-${accountId}`)) };
}

/** What answers there. Its events stay there; nothing of this cloud hears them. */
export function servicesIn(
  accountId: string,
  surroundings: Surroundings,
  { sts, servers }: { readonly sts: Service; readonly servers: readonly InventoryServer[] },
): { readonly services: ReadonlyMap<string, Service>; close(): Promise<void> } {
  const there: Surroundings = {
    ...surroundings,
    accountId,
    store: (name) => surroundings.store(`${accountId}-${name}`),
    emit: () => undefined,
  };
  const secrets = secretsManager(there, { isFunction: () => false });
  const services = [secrets, kms(there, []), sts, ...inventory(() => servers.filter(isIn(accountId)))];
  return {
    services: new Map(services.map((service) => [service.name, service])),
    close: async () => secrets.close?.(),
  };
}

function isIn(accountId: string): (server: InventoryServer) => boolean {
  return ({ arn }) => arn.split(":")[4] === accountId;
}
