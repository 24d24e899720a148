import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { PublishCommand, type PublishCommandInput, SNSClient } from "@aws-sdk/client-sns";
import { fromAws } from "../src/aws/errors.js";
import { onRecord } from "../src/aws/on-record.js";
import { chatTopicArn, tableName, topicArn } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { log } from "../src/lambda/log.js";
import { chatOf } from "../src/messages/chat.js";
import { identifiersOf } from "../src/messages/heard.js";
import { messageOf } from "../src/messages/message.js";
import { type Publish, tellPeople } from "../src/messages/tell.js";

const found = onRecord({ dynamodb: new DynamoDBClient({}), states: new SFNClient({}) }, tableName());
const topics = new SNSClient({});
const topic = topicArn();
const chat = chatTopicArn();

const publish: Publish = async (told, type) => {
  const { subject, text } = messageOf(told);
  await send({ TopicArn: topic, Subject: subject, Message: text });
  if (chat) await send({ TopicArn: chat, Subject: subject, Message: JSON.stringify(chatOf(told, type)) });
};

async function send(message: PublishCommandInput): Promise<void> {
  try {
    await topics.send(new PublishCommand(message));
  } catch (error) {
    throw fromAws(error, "Sending the message to people");
  }
}

/** Invoked by the rule for announcements: tells people what is on record of the one that it is given. */
export const handler = wrap(
  async (event: unknown) => {
    const told = await tellPeople(found, publish, event);
    if (told.reason === "NotOurs" || told.reason === "NotOnRecord") log.odd({ reason: told.reason });
    return told;
  },
  (event) => ({ phase: "tell-people", ...identifiersOf(event) }),
);
