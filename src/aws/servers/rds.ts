import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import type { DatabaseServer } from "../../rotation/ports.js";
import type { ServerConfig } from "./patience.js";

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html takes an ARN. */
export async function instance(arn: string, config: ServerConfig): Promise<DatabaseServer | undefined> {
  const { DBInstances } = await new RDSClient(config).send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: arn }),
  );
  const [found] = DBInstances ?? [];
  return server(found?.Engine, found?.Endpoint?.Address, found?.Endpoint?.Port);
}

/** Of Aurora and, by the same API, of DocumentDB. */
export async function cluster(arn: string, config: ServerConfig): Promise<DatabaseServer | undefined> {
  const { DBClusters } = await new RDSClient(config).send(new DescribeDBClustersCommand({ DBClusterIdentifier: arn }));
  const [found] = DBClusters ?? [];
  return server(found?.Engine, found?.Endpoint, found?.Port);
}

/** `sqlserver-ee` and `oracle-se2-cdb` are editions; secrets name the engine alone. */
function server(edition = "", host: string | undefined, port: number | undefined): DatabaseServer | undefined {
  const engine = edition.replace(/^(custom-)?(sqlserver|oracle)-.*$/, "$2");
  return host && port ? { engine, host, port } : undefined;
}
