import { requestFailureClasses } from '#common/failure-policy.ts';

/** The queues that are worked off. */
export const queueNames = ['apicall', 'rule', 'spill'] as const;
export type QueueName = (typeof queueNames)[number];

/** Why a dead letter is parked: the folders of the bucket. */
export const parkReasons = [
  'PERMANENT',
  'OUTCOME_UNKNOWN',
  'TOO_MANY_REDRIVES',
  'RETENTION_ENDS',
  'NO_REDRIVE_RULE',
  'UNKNOWN_ENVELOPE',
  'TOO_LARGE',
  'BY_COMMAND',
] as const;
export type ParkReason = (typeof parkReasons)[number];

/** The classes that a `Failure` attribute may name: apicall's, and the one of events that the bus did not take. */
export const failureClasses = [...requestFailureClasses, 'publish-failed'] as const;
