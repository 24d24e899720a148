import { DescribeClustersCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import type { DatabaseServer } from "../../rotation/ports.js";
import type { ServerConfig } from "./patience.js";

/** https://docs.aws.amazon.com/redshift/latest/APIReference/API_DescribeClusters.html takes a name, the end of the ARN. */
export async function cluster(arn: string, config: ServerConfig): Promise<DatabaseServer | undefined> {
  const ClusterIdentifier = arn.slice(arn.lastIndexOf(":") + 1);
  const { Clusters } = await new RedshiftClient(config).send(new DescribeClustersCommand({ ClusterIdentifier }));
  const { Address, Port } = Clusters?.[0]?.Endpoint ?? {};
  return Address && Port ? { engine: "redshift", host: Address, port: Port } : undefined;
}
