interface ParkReasonText {
  readonly meaning: string;
  /** What to do, in Markdown: links are relative to docs/runbook.md. */
  readonly operatorAction: string;
}

/**
 * Why a message is parked: the folders of the park bucket. A new reason is one row: the function, the CLI's filters and advice,
 * the console and the generated documentation read it from here.
 */
export const parkReasonTexts = {
  PERMANENT: {
    meaning: 'No further attempt can succeed without a change',
    operatorAction:
      'Read the cause (`npm run dlq -- show ID`); fix Salesforce, the target or the mapping; then unpark it.',
  },
  OUTCOME_UNKNOWN: {
    meaning: 'Salesforce may have applied the change',
    operatorAction: '[Resolve the unknown outcome](#resolve-an-unknown-outcome).',
  },
  TOO_MANY_REDRIVES: {
    meaning: 'Redriven `MaxRedrives` times, and failed each time',
    operatorAction: 'The message contains the failure: fix the cause, then unpark it.',
  },
  RETENTION_ENDS: {
    meaning: 'It waited until its queue was about to delete it',
    operatorAction: 'Unpark it when the cause of the wait is over.',
  },
  NO_REDRIVE_RULE: {
    meaning:
      "The rule that failed has no enabled redrive rule (its name with `-redrive`) on the redrive bus, and apicall doesn't understand its event as it is",
    operatorAction:
      'Create or enable the rule that `why` names, with the same target and input, then unpark it. Or deliver the event manually, then drop it.',
  },
  SUBSCRIBER_FAILURE: {
    meaning: "The record of a custom event bus' subscriber: it names events, and contains none",
    operatorAction:
      '[Deliver the events again from their bus](custom-event-bus.md#after-a-failure), then drop it.',
  },
  UNKNOWN_ENVELOPE: {
    meaning:
      'Not a message that this stack writes, not a JSON object, nested deeper than 100 levels, or one that only [its key](#recover-from-an-unusable-encryption-key) can decrypt: see `why`',
    operatorAction:
      "Find out who sends to the queue. It can't be unparked: [handle the object manually](#handle-parked-objects-manually), or drop it.",
  },
  TOO_LARGE: {
    meaning: 'The redrive would exceed the size that SQS or EventBridge accepts',
    operatorAction: '[Handle the object manually](#handle-parked-objects-manually), then drop it.',
  },
  CLAIM_EXPIRED: {
    meaning:
      'The payload of a large event was deleted, after `ClaimRetentionDays`, before a mapping could read it',
    operatorAction: 'Let the provider deliver the webhook again, then drop it.',
  },
  NO_MAPPING: {
    meaning: 'The event was redriven, and its mapping is off, or no longer matches it',
    operatorAction: 'Add its mapping to `Mappings`, restore or correct it, then unpark it.',
  },
  BY_COMMAND: {
    meaning: 'Somebody ran `park`',
    operatorAction: 'Unpark it when you are ready.',
  },
} as const satisfies Readonly<Record<string, ParkReasonText>>;

export type ParkReason = keyof typeof parkReasonTexts;

export const isParkReason = (name: string): name is ParkReason =>
  Object.hasOwn(parkReasonTexts, name);

export const parkReasons: readonly ParkReason[] = Object.keys(parkReasonTexts).filter(isParkReason);
