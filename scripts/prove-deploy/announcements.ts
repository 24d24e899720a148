import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { until } from "./deployed.js";
import type { Emulator } from "./emulator.js";

export interface Announcements {
  /** Hears what is published to the topic from now on. */
  subscribe(topic: string): Promise<void>;
  /** The first message with this in its subject or text. */
  heard(part: string): Promise<string>;
  messages(): readonly string[];
  stop(): Promise<void>;
}

/** A subscriber of topics, as a team's own web hook would be. */
export async function listen({ clientConfig }: Pick<Emulator, "clientConfig">): Promise<Announcements> {
  const sns = new SNSClient(clientConfig);
  const messages: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const { Type, TopicArn, Token, Subject, Message } = JSON.parse(body) as Record<string, string>;
      response.end();
      if (Type === "Notification") messages.push(`${Subject}\n${Message}`);
      else await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    async subscribe(TopicArn) {
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint }));
    },
    heard: (part) => until(`a message with "${part}"`, async () => messages.find((message) => message.includes(part))),
    messages: () => messages,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
