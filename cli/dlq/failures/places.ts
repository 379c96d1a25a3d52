import {
  type QueueName,
  queueNames,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import type { FailurePlace, QueuePlace } from './failure.ts';

const places: Readonly<Record<QueueName, QueuePlace>> = {
  apicall: 'ApiCallDlq',
  rule: 'RuleDlq',
  spill: 'SpillQueue',
};

export const placeOf = (queue: QueueName): QueuePlace => places[queue];

/** The name of a place in the function's commands and in `--queue`. */
export const nameOf = (place: FailurePlace): QueueName | 'parked' =>
  queueNames.find((queue) => placeOf(queue) === place) ?? 'parked';
