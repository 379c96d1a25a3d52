/** Who asks, in CloudEvents' words: what a reply is correlated by. */
export interface Context {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** TriggerMesh's bridge extensions, copied to the reply. */
  readonly statefulbridge?: string;
  readonly statefulid?: string;
}

/** A request as it arrived: its data is not yet looked at. */
export interface Arrival {
  readonly context: Context;
  readonly data: unknown;
  /** Names the event for the once-only guard when the request names none: stable over retries and redrives. */
  readonly eventKey: string;
}
