import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { openMasterKey } from "../../../src/local/disk/master-key.js";
import { openStore } from "../../../src/local/disk/store.js";
import {
  type SecretsManager,
  type SecretsManagerOptions,
  secretsManager,
} from "../../../src/local/secrets-manager/service.js";
import {
  type BusEvent,
  type Caller,
  type Service,
  ServiceError,
  type Surroundings,
} from "../../../src/local/service.js";

type Emitted = Parameters<Surroundings["emit"]>[0];

export interface TestCloud {
  readonly client: SecretsManagerClient;
  readonly service: SecretsManager;
  readonly endpoint: string;
  readonly events: Emitted[];
  /** Where the store and the master key are. */
  readonly dir: string;
  /** Moves the clock, which otherwise stands still. */
  advance(seconds: number): void;
  /** Closes everything and opens it again on the same data. */
  reopen(): Promise<TestCloud>;
  /** Closes everything and removes the data. */
  remove(): Promise<void>;
}

export interface TestOptions extends SecretsManagerOptions {
  readonly authorize?: Surroundings["authorize"];
  readonly invoke?: Surroundings["invoke"];
  readonly speed?: number;
}

const START = new Date("2026-03-01T12:00:00.250Z");
export const ROOT: Caller = { arn: "arn:aws:iam::123456789012:root" };

/** The real client on the real wire, with the service behind the smallest HTTP server that does. */
export async function serve(options: TestOptions = {}): Promise<TestCloud> {
  return open(await mkdtemp(join(tmpdir(), "keyturn-secrets-")), START, options);
}

async function open(dir: string, start: Date, options: TestOptions): Promise<TestCloud> {
  const store = await openStore(join(dir, "store"));
  const key = openMasterKey(join(dir, "master.key"));
  const events: Emitted[] = [];
  let time = start.getTime();
  const refuse = () => {
    throw new Error("not in this test");
  };
  const service = secretsManager(
    {
      region: "us-east-1",
      accountId: "123456789012",
      clock: () => new Date(time),
      store: store.folder,
      seal: key.seal,
      open: key.open,
      call: refuse,
      invoke: options.invoke ?? refuse,
      emit: (event: Omit<BusEvent, "version" | "id" | "account" | "time" | "region">) => events.push(event),
      roleCaller: refuse,
      authorize: options.authorize ?? (() => undefined),
      speed: options.speed ?? 1,
    },
    options,
  );
  const http = await listen(service);
  const endpoint = `http://127.0.0.1:${http.port}`;
  const client = new SecretsManagerClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  const close = async () => {
    client.destroy();
    await http.close();
    await service.close?.();
    await store.close();
  };
  return {
    client,
    service,
    endpoint,
    events,
    dir,
    advance: (seconds) => {
      time += seconds * 1000;
    },
    reopen: async () => {
      await close();
      return open(dir, new Date(time), options);
    },
    remove: async () => {
      await close();
      await rm(dir, { recursive: true });
    },
  };
}

async function listen(service: Service): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers["x-amz-target"]).replace("secretsmanager.", "");
    const input = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    try {
      answer(200, await service.handle({ operation, input, caller: ROOT }));
    } catch (error) {
      const known = error instanceof ServiceError;
      answer(known ? error.status : 500, {
        __type: known ? error.code : "InternalServiceError",
        message: String((error as Error).message),
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
