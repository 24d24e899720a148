/** What a function composes and its state machine puts on the bus. New fields may be added to `detail`, none change. */
export interface Announcement<About> {
  readonly detailType: string;
  readonly detail: About & {
    /** Of its schema. */
    readonly version: "1";
    /** For a person: what happened, in a sentence or two. */
    readonly summary: string;
  };
}
