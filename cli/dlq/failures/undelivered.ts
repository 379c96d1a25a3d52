interface Undelivered {
  /** EventBridge's codes in the attribute `ERROR_CODE`. */
  readonly codes: readonly string[];
  /** The usual cause, and what to do, in Markdown. */
  readonly action: string;
}

/**
 * Why EventBridge could not deliver an event to a rule's target ("Using dead-letter queues to process undelivered events"). The
 * advice of `dlq show` and of the console, and the table in docs/runbook.md, are made from it.
 */
export const undelivered: readonly Undelivered[] = [
  {
    codes: ['NO_PERMISSIONS', 'FAILED_TO_ASSUME_ROLE', 'NO_RESOURCE'],
    action:
      "The target, its policy or the rule's role was deleted or changed. Restore it, then run `npm run dlq -- redrive --queue rule`.",
  },
  {
    codes: ['SDK_CLIENT_ERROR', 'TIMEOUT', 'UNKNOWN'],
    action:
      'The endpoint is unreachable, or takes longer than 5 seconds: the message says which. Fix the endpoint; the reprocessor redrives the event.',
  },
  {
    codes: ['ERROR_FROM_TARGET'],
    action:
      "The endpoint refuses the request. The message contains the status; 401 points to the connection's authorization.",
  },
  {
    codes: ['THROTTLING'],
    action: "The target can't handle the rate. Lower `DestinationRateLimit`.",
  },
];
