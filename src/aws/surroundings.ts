import {
  DescribeNatGatewaysCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  type EC2Client,
  type Subnet,
} from "@aws-sdk/client-ec2";
import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  type RDSClient,
} from "@aws-sdk/client-rds";
import {
  BatchGetSecretValueCommand,
  paginateListSecrets,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

/** A database as RDS knows it; DocumentDB's and Neptune's clusters are among them. */
export interface FoundDatabase {
  readonly name: string;
  readonly engine: string;
  readonly port: number;
  readonly vpcId: string;
  readonly groupIds: readonly string[];
}

/** A VPC with databases in it, and how functions get to them. */
export interface FoundNetwork {
  readonly vpcId: string;
  readonly databases: readonly string[];
  /** Private ones, where there are any; at most one in each zone. */
  readonly subnetIds: readonly string[];
  /** Groups that the databases' own let in at their ports. */
  readonly securityGroupIds: readonly string[];
  /** Whether its subnets have a way to Secrets Manager, as far as an end point or a NAT gateway of the VPC shows. */
  readonly reachesSecretsManager: boolean;
}

/** A secret that looks like a database's. */
export interface FoundSecret {
  readonly name: string;
  readonly arn: string;
  /** Why it looks like one. */
  readonly by: "its rotation function" | "its name" | "its value";
  /** ARN of the function that rotates it today. */
  readonly rotatedBy?: string;
}

/** Throws the SDK's errors, as all here do. Needs rds:DescribeDBInstances and rds:DescribeDBClusters. */
export async function findDatabases(client: RDSClient): Promise<readonly FoundDatabase[]> {
  const instances: DBInstance[] = [];
  for await (const page of paginateDescribeDBInstances({ client }, {})) instances.push(...(page.DBInstances ?? []));
  const clusters: DBCluster[] = [];
  for await (const page of paginateDescribeDBClusters({ client }, {})) clusters.push(...(page.DBClusters ?? []));
  return instances.flatMap(({ DBClusterIdentifier: cluster, ...one }) => {
    const {
      DBInstanceIdentifier: name = "",
      Engine: engine = "",
      Endpoint,
      DBSubnetGroup,
      VpcSecurityGroups = [],
    } = one;
    const vpcId = DBSubnetGroup?.VpcId;
    if (!vpcId) return [];
    const port =
      Endpoint?.Port ?? clusters.find(({ DBClusterIdentifier }) => DBClusterIdentifier === cluster)?.Port ?? 0;
    const groupIds = VpcSecurityGroups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
    return [{ name: cluster ?? name, engine, port, vpcId, groupIds }];
  });
}

/** The VPCs of databases, the one with the most first. Needs ec2:Describe* of what it asks for. */
export async function findNetworks(
  client: EC2Client,
  databases: readonly FoundDatabase[],
): Promise<readonly FoundNetwork[]> {
  const vpcs = [...new Set(databases.map(({ vpcId }) => vpcId))];
  const networks = await Promise.all(
    vpcs.map((vpcId) =>
      networkOf(
        client,
        vpcId,
        databases.filter((one) => one.vpcId === vpcId),
      ),
    ),
  );
  return networks.sort((one, other) => other.databases.length - one.databases.length);
}

async function networkOf(client: EC2Client, vpcId: string, databases: readonly FoundDatabase[]): Promise<FoundNetwork> {
  const inVpc = [{ Name: "vpc-id", Values: [vpcId] }];
  const groupIds = [...new Set(databases.flatMap((one) => one.groupIds))];
  const [subnets, groups, endpoints, gateways] = await Promise.all([
    client.send(new DescribeSubnetsCommand({ Filters: inVpc })),
    client.send(new DescribeSecurityGroupsCommand({ Filters: inVpc })),
    client.send(new DescribeVpcEndpointsCommand({ Filters: inVpc })),
    client.send(new DescribeNatGatewaysCommand({ Filter: inVpc })),
  ]);
  const theirs = (groups.SecurityGroups ?? []).filter(({ GroupId = "" }) => groupIds.includes(GroupId));
  const ports = databases.map(({ port }) => port);
  const letIn = theirs.flatMap(({ IpPermissions = [] }) =>
    IpPermissions.filter(({ FromPort = 0, ToPort = 65_535 }) =>
      ports.some((port) => FromPort <= port && port <= ToPort),
    ),
  );
  const securityGroupIds = letIn.flatMap(({ UserIdGroupPairs = [] }) =>
    UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
  );
  return {
    vpcId,
    databases: [...new Set(databases.map(({ name }) => name))],
    subnetIds: oneAZone(subnets.Subnets ?? []),
    securityGroupIds: [...new Set(securityGroupIds)],
    reachesSecretsManager:
      (endpoints.VpcEndpoints ?? []).some(({ ServiceName = "" }) => ServiceName.endsWith(".secretsmanager")) ||
      (gateways.NatGateways ?? []).some(({ State }) => State === "available"),
  };
}

/** A function in a public subnet has no way out, as it has no public address. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html */
function oneAZone(subnets: readonly Subnet[]): readonly string[] {
  const inside = subnets.filter(({ MapPublicIpOnLaunch }) => !MapPublicIpOnLaunch);
  const byZone = new Map(
    (inside.length > 0 ? inside : subnets).map((one) => [one.AvailabilityZone, one.SubnetId ?? ""]),
  );
  return [...byZone.values()].sort();
}

/** Secrets that it looks at; an account may have 500,000 of them. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const MOST = 10_000;

/** AWS's rotation functions for databases are called so where they were made by its template or its console. */
const ROTATES_DATABASES = /(RDS|MongoDB|Redshift|DocumentDB|DB2|Oracle|MySQL|MariaDB|Postgre|SQLServer)/i;
const CALLED_LIKE_ONE =
  /(^|[^a-z])(db|database|rds|aurora|postgres(ql)?|psql|mysql|mariadb|sqlserver|mssql|oracle|mongo(db)?|docdb|redshift)([^a-z]|$)/i;

/**
 * Secrets that look like databases' by who rotates them and what they are called, and all others whose values could tell. What
 * Keyturn rotates, and what another service of AWS's does, is left out. No value is read.
 */
export async function findSecrets(client: SecretsManagerClient): Promise<{
  readonly found: readonly FoundSecret[];
  readonly others: ReadonlyArray<{ readonly name: string; readonly arn: string }>;
  /** Whether there are more than it has looked at. */
  readonly more: boolean;
}> {
  const [found, others]: [FoundSecret[], Array<{ name: string; arn: string }>] = [[], []];
  let seen = 0;
  for await (const page of paginateListSecrets({ client, pageSize: 100 }, {})) {
    for (const {
      Name: name = "",
      ARN: arn = "",
      OwningService,
      RotationEnabled,
      RotationLambdaARN,
      Tags = [],
    } of page.SecretList ?? []) {
      seen += 1;
      if (OwningService || Tags.some(({ Key }) => Key === "keyturn:schedule" || Key === "keyturn:admin")) continue;
      const rotatedBy = RotationEnabled && RotationLambdaARN ? { rotatedBy: RotationLambdaARN } : {};
      if (rotatedBy.rotatedBy && ROTATES_DATABASES.test(rotatedBy.rotatedBy))
        found.push({ name, arn, by: "its rotation function", ...rotatedBy });
      else if (CALLED_LIKE_ONE.test(name)) found.push({ name, arn, by: "its name", ...rotatedBy });
      else others.push({ name, arn });
    }
    if (seen >= MOST) return { found, others, more: true };
  }
  return { found, others, more: false };
}

/** Of these secrets those whose values are databases', by their `engine` and `host`. Reads the values, keeps none. */
export async function databasesAmong(
  client: SecretsManagerClient,
  secrets: ReadonlyArray<{ readonly name: string; readonly arn: string }>,
): Promise<readonly FoundSecret[]> {
  const found: FoundSecret[] = [];
  for (let at = 0; at < secrets.length; at += 20) {
    const some = secrets.slice(at, at + 20);
    const page = await client.send(new BatchGetSecretValueCommand({ SecretIdList: some.map(({ arn }) => arn) }));
    const arns = (page.SecretValues ?? []).filter(({ SecretString }) => isDatabase(SecretString)).map(({ ARN }) => ARN);
    found.push(...some.filter(({ arn }) => arns.includes(arn)).map((one) => ({ ...one, by: "its value" as const })));
  }
  return found;
}

function isDatabase(text = ""): boolean {
  try {
    const { engine, host } = JSON.parse(text) as { engine?: unknown; host?: unknown };
    return typeof engine === "string" && typeof host === "string";
  } catch {
    return false;
  }
}
