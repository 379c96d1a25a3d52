import { requestFailureClasses } from '#common/failure-policy.ts';

/** The queues that are reprocessed. */
export const queueNames = ['apicall', 'rule', 'spill'] as const;
export type QueueName = (typeof queueNames)[number];

/** Why a message is parked: the folders of the bucket. */
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

/** The class of events that the bus did not accept: they wait in the spill queue. */
export const PUBLISH_FAILED = 'publish-failed';

/** The classes that a `Failure` attribute may name: apicall's, and that of events which the bus did not accept. */
export const failureClasses = [...requestFailureClasses, PUBLISH_FAILED] as const;
