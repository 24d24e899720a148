import { type Service, ServiceError, unknownOperation } from "../service.js";

/** A database server that AWS would know of. */
export interface InventoryServer {
  /** Of the RDS instance or cluster, the Redshift cluster, or the Redshift Serverless namespace. */
  readonly arn: string;
  /** As RDS has it: `postgres`, `sqlserver-ee`, `docdb`. */
  readonly engine: string;
  readonly host: string;
  readonly port: number;
}

/**
 * As much of RDS, Redshift and Redshift Serverless as it takes to find the server that an admin secret is managed for.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html,
 * https://docs.aws.amazon.com/redshift/latest/APIReference/API_DescribeClusters.html,
 * https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_ListNamespaces.html
 */
export function inventory(servers: () => readonly InventoryServer[]): Service[] {
  const find = (matches: (server: InventoryServer) => boolean, code: string): InventoryServer => {
    const found = servers().find(matches);
    if (found) return found;
    throw new ServiceError(code, "There is no such server.", 404);
  };
  const byArn = (arn: unknown, code: string) => find((server) => server.arn === arn, code);
  return [
    service("rds", {
      DescribeDBInstances({ DBInstanceIdentifier }) {
        const { engine, host, port } = byArn(DBInstanceIdentifier, "DBInstanceNotFound");
        return { DBInstances: { DBInstance: { Engine: engine, Endpoint: { Address: host, Port: port } } } };
      },
      DescribeDBClusters({ DBClusterIdentifier }) {
        const { engine, host, port } = byArn(DBClusterIdentifier, "DBClusterNotFoundFault");
        return { DBClusters: { DBCluster: { Engine: engine, Endpoint: host, Port: port } } };
      },
    }),
    service("redshift", {
      DescribeClusters({ ClusterIdentifier }) {
        const { host, port } = find(({ arn }) => arn.endsWith(`:cluster:${ClusterIdentifier}`), "ClusterNotFound");
        return { Clusters: { Cluster: { Endpoint: { Address: host, Port: port } } } };
      },
    }),
    service("redshift-serverless", {
      ListNamespaces: () => ({
        namespaces: servers().map(({ arn }) => ({ namespaceArn: arn, namespaceName: nameOf(arn) })),
      }),
      ListWorkgroups: () => ({
        workgroups: servers().map(({ arn, host, port }) => ({
          namespaceName: nameOf(arn),
          endpoint: { address: host, port },
        })),
      }),
    }),
  ];
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

type Operation = (input: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

function service(name: string, operations: Readonly<Record<string, Operation>>): Service {
  return {
    name,
    /** Those of RDS are about the server that is asked for, by its ARN; the others know no resource. */
    async touches({ operation, input }) {
      const resource = String(input.DBInstanceIdentifier ?? input.DBClusterIdentifier ?? "*");
      return [{ action: `${name}:${operation}`, resource, conditions: {} }];
    },
    async handle({ operation, input }) {
      const handle = operations[operation];
      if (!handle) throw unknownOperation(name, operation);
      return handle(input);
    },
  };
}
