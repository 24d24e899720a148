import { type Deployment, DescribeServicesCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import type { Progress, Target } from "../../rotation/consumers.js";
import type { Way } from "./way.js";

/** A new deployment of what the service has: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export const ecs: Way<Extract<Target, { kind: "ecs" }>> = {
  async start({ service }) {
    const { service: updated } = await client().send(
      new UpdateServiceCommand({ ...namesIn(service), forceNewDeployment: true }),
    );
    return primary(updated?.deployments)?.id ?? "unknown";
  },

  async look({ service }, refresh) {
    const { cluster, service: name } = namesIn(service);
    const { services = [] } = await client().send(new DescribeServicesCommand({ cluster, services: [name] }));
    const [found] = services;
    return found ? progressOf(found.deployments ?? [], refresh) : { failed: "The service is gone." };
  },

  errors: {
    ClusterNotFoundException: ["ConflictError", "ConsumerGone", "There is no such cluster."],
    ServiceNotFoundException: ["ConflictError", "ConsumerGone", "There is no such service."],
    ServiceNotActiveException: ["ConflictError", "ConsumerGone", "The service is not active."],
    InvalidParameterException: [
      "UnsupportedError",
      "DeploymentRefused",
      "ECS does not deploy it anew when asked to. Where CodeDeploy or another controller deploys it, use that.",
    ],
    ServerException: ["TransientError", "ServiceFault", "ECS had a fault of its own. It is tried again by itself."],
  },
};

type Known = Pick<
  Deployment,
  "id" | "status" | "rolloutState" | "createdAt" | "runningCount" | "desiredCount" | "pendingCount"
>;

/**
 * Where a later deployment has taken its place, that one counts, as its tasks began later still; where an earlier one has,
 * it was rolled back to what holds the old credential. `rolloutState` is there for rolling updates that no Classic Load
 * Balancer is in front of: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html. For all
 * others the service is stable as AWS's own waiter has it, with one deployment, and all its tasks running.
 */
export function progressOf(
  deployments: readonly Known[],
  { handle, startedAt }: { readonly handle: string; readonly startedAt: Date },
): Progress {
  const own = deployments.find(({ id }) => id === handle);
  const current = primary(deployments);
  if (!current || own?.rolloutState === "FAILED" || current.rolloutState === "FAILED")
    return { failed: "The deployment failed, so tasks with the old credential may go on. Its events in ECS say why." };
  if (current !== own && current.createdAt && current.createdAt < startedAt)
    return { failed: "ECS rolled the deployment back, so tasks with the old credential go on. Its events say why." };
  if (current.rolloutState) return current.rolloutState === "COMPLETED" ? "done" : "under way";
  const { runningCount, desiredCount, pendingCount } = current;
  return deployments.length === 1 && runningCount === desiredCount && !pendingCount ? "done" : "under way";
}

function primary<Of extends Known>(deployments: readonly Of[] = []): Of | undefined {
  return deployments.find(({ status }) => status === "PRIMARY");
}

/** `arn:aws:ecs:region:account:service/cluster/service` */
function namesIn(arn: string): { readonly cluster: string; readonly service: string } {
  const [, cluster = "", service = ""] = arn.split("/");
  return { cluster, service };
}

let made: ECSClient | undefined;
function client(): ECSClient {
  made ??= new ECSClient({});
  return made;
}
