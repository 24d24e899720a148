import type { Service, Surroundings } from "../service.js";
import { find, handling, type Input, only, type Workload } from "../workloads/workload.js";

interface Deployment {
  readonly id: string;
  readonly status: "PRIMARY" | "ACTIVE";
  readonly rolloutState: string;
  readonly createdAt: number;
  readonly runningCount: number;
  readonly desiredCount: number;
  readonly pendingCount: number;
}

/**
 * As much of ECS as it takes to have a service deployed anew and to look at it. A member that the embedded cloud does not know is
 * refused. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function ecs({ region, accountId, clock }: Surroundings, workloads: readonly Workload[]): Service {
  const deployed = new Map<string, { readonly id: string; readonly at: number }>();
  const arnOf = (cluster: unknown, name: unknown) =>
    `arn:aws:ecs:${region}:${accountId}:service/${String(cluster)}/${String(name)}`;

  function deployments({ arn, becomes = "done" }: Workload): Deployment[] {
    const counts = { runningCount: 1, desiredCount: 1, pendingCount: 0 };
    const first = { id: "ecs-svc/0", createdAt: 0, ...counts };
    const own = deployed.get(arn);
    if (!own || becomes === "rolled back") return [{ ...first, status: "PRIMARY", rolloutState: "COMPLETED" }];
    const rolloutState = { done: "COMPLETED", failed: "FAILED", "under way": "IN_PROGRESS" }[becomes];
    const newest = { id: own.id, createdAt: own.at, ...counts, status: "PRIMARY" as const, rolloutState };
    return becomes === "done" ? [newest] : [newest, { ...first, status: "ACTIVE", rolloutState: "COMPLETED" }];
  }

  const operations: Readonly<Record<string, (input: Input) => Input>> = {
    UpdateService(input) {
      only(input, ["cluster", "service", "forceNewDeployment"]);
      const arn = arnOf(input.cluster, input.service);
      const workload = find(workloads, arn, "ServiceNotFoundException");
      workload.told.push(input);
      const at = clock().getTime() / 1_000;
      const id = `ecs-svc/${workload.told.length}`;
      if (input.forceNewDeployment) deployed.set(arn, { id, at });
      const counts = { runningCount: 0, desiredCount: 1, pendingCount: 1 };
      const begun = { id, status: "PRIMARY", rolloutState: "IN_PROGRESS", createdAt: at, ...counts };
      return { service: { serviceArn: arn, serviceName: input.service, status: "ACTIVE", deployments: [begun] } };
    },
    DescribeServices(input) {
      only(input, ["cluster", "services"]);
      const asked = (input.services as string[]).map((name) => [name, arnOf(input.cluster, name)] as const);
      const found = asked.flatMap(([name, arn]) => {
        const workload = workloads.find((one) => one.arn === arn);
        if (!workload) return [];
        return [{ serviceArn: arn, serviceName: name, status: "ACTIVE", deployments: deployments(workload) }];
      });
      const known = new Set(found.map(({ serviceArn }) => serviceArn));
      const failures = asked.flatMap(([, arn]) => (known.has(arn) ? [] : [{ arn, reason: "MISSING" }]));
      return { services: found, failures };
    },
  };
  return {
    name: "ecs",
    async touches({ operation, input }) {
      const names = [input.services ?? input.service].flat();
      return names.map((name) => ({
        action: `ecs:${operation}`,
        resource: arnOf(input.cluster, name),
        conditions: {},
      }));
    },
    handle: handling("ecs", operations),
  };
}
