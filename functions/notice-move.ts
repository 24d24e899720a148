import { outsideChangeAnnouncement } from "../src/events/outside-change.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { world } from "../src/lambda/world.js";
import { type LabelMoved, noticeMove } from "../src/rotation/record/outside.js";

interface NoticeMoveEvent {
  readonly moved: LabelMoved;
  readonly executionArn?: string;
}

const reached = world();

/** The state "Notice move": whether AWSCURRENT was moved by Keyturn or by somebody else. */
export const handler = wrap(
  async ({ moved }: NoticeMoveEvent) => {
    const noticed = await noticeMove(reached, moved);
    return noticed.decision === "announce"
      ? { decision: noticed.decision, ...outsideChangeAnnouncement(noticed.change) }
      : noticed;
  },
  ({ moved: { secretArn, versionId }, executionArn }) => ({ phase: "notice-move", executionArn, secretArn, versionId }),
);
