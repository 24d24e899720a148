import {
  paginateListNamespaces,
  paginateListWorkgroups,
  RedshiftServerlessClient,
} from "@aws-sdk/client-redshift-serverless";
import type { DatabaseServer } from "../../rotation/ports.js";
import type { ServerConfig } from "./patience.js";

/**
 * The tag has the namespace's id, the API knows it by its name, and the end point is its workgroup's.
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_ListNamespaces.html
 */
export async function namespace(arn: string, config: ServerConfig): Promise<DatabaseServer | undefined> {
  const client = new RedshiftServerlessClient(config);
  for await (const { namespaces = [] } of paginateListNamespaces({ client }, {})) {
    const name = namespaces.find(({ namespaceArn }) => namespaceArn === arn)?.namespaceName;
    if (name) return workgroupOf(client, name);
  }
  return undefined;
}

async function workgroupOf(client: RedshiftServerlessClient, name: string): Promise<DatabaseServer | undefined> {
  for await (const { workgroups = [] } of paginateListWorkgroups({ client }, {})) {
    const { address, port } = workgroups.find(({ namespaceName }) => namespaceName === name)?.endpoint ?? {};
    if (address && port) return { engine: "redshift", host: address, port };
  }
  return undefined;
}
