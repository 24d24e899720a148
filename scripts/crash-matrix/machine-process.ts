import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEMPLATE } from "../../infra/package.mjs";
import type { Cloud } from "../../src/local/cloud.js";
import { freePort } from "../../stage/servers/debian.js";
import type { MachineOptions, Order } from "./machine.js";

/** Where the cloud that dies is reached. */
export interface Reached {
  readonly clientConfig: Cloud["clientConfig"];
  readonly stateMachine: string;
  readonly table: string;
}

export interface MachineProcess {
  readonly reached: Reached;
  /** Where secrets have to say that the database is. */
  readonly databasePort: number;
  tell(order: Order): Promise<unknown>;
  /** Resolves when the point that was armed is struck, or the machine is gone. */
  struck(): Promise<void>;
  isStruck(): boolean;
  isGone(): boolean;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The machine that dies, in a process of its own, with the way to this database. */
export async function startMachine(database: MachineOptions["database"], caFile: string): Promise<MachineProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "keyturn-crash-"));
  const options: MachineOptions = {
    templateFile: TEMPLATE,
    dataDir,
    port: await freePort(),
    relayPort: await freePort(),
    database,
    caFile,
  };
  let child: ChildProcess;
  let reached: Reached;
  let gone = false;
  let orders = 0;
  let isStruck = false;
  let onStruck: () => void = () => undefined;
  let struck = Promise.resolve();

  async function start(): Promise<void> {
    child = fork("scripts/crash-matrix/machine.ts", {
      execArgv: ["--import", "tsx"],
      env: { ...process.env, KEYTURN_MACHINE: JSON.stringify(options) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    gone = false;
    const one = child;
    one.on("exit", () => {
      if (one !== child) return;
      gone = true;
      onStruck();
    });
    one.on("message", (said: { struck?: true }) => {
      if (said.struck) onStruck();
    });
    const ready = new Promise<Reached>((resolve, reject) => {
      one.once("message", (said: { ready: Reached }) => resolve(said.ready));
      one.once("exit", () => reject(new Error("The machine did not start.")));
    });
    reached = await ready;
  }

  function tell(order: Order): Promise<unknown> {
    if (order.do === "arm") {
      isStruck = false;
      struck = new Promise((resolve) => {
        onStruck = () => {
          isStruck = true;
          resolve();
        };
      });
    }
    orders += 1;
    const id = orders;
    const asked = child;
    return new Promise((resolve, reject) => {
      const end = () => {
        asked.off("message", hear);
        asked.off("exit", die);
      };
      const hear = (said: { id?: number; answer?: unknown }) => {
        if (said.id !== id) return;
        end();
        resolve(said.answer);
      };
      const die = () => {
        end();
        reject(new Error(`The machine died at the order ${order.do}.`));
      };
      asked.on("message", hear);
      asked.on("exit", die);
      asked.send({ id, order });
    });
  }

  await start();
  return {
    get reached() {
      return reached;
    },
    databasePort: options.relayPort,
    tell,
    struck: () => struck,
    isStruck: () => isStruck,
    isGone: () => gone,
    restart: start,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
