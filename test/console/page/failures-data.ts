import type {
  FailedMessage,
  FailureDetail,
  FailurePage,
} from '../../../cli/dlq/failures/failure.ts';
import { at, eventOf, hostile } from './data.ts';

const reasons = [
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'permanent', 'park', 'Only another request could succeed.'],
  [
    'UNABLE_TO_LOCK_ROW',
    'lock',
    'redrive',
    'The row was locked. Another attempt is likely to succeed.',
  ],
  [
    'SERVER_UNAVAILABLE',
    'unavailable',
    'wait',
    'Salesforce was not available. The next attempt is due later.',
  ],
] as const;

const messageOf = (index: number): FailedMessage => {
  const [errorCode, reason, decision, why] = reasons[index % reasons.length] ?? reasons[0];
  return {
    place: 'ApiCallDlq',
    id: `5fea7756-0ea4-451a-a703-${String(index).padStart(12, '0')}`,
    sentAt: at(5_400 + index),
    decision,
    reason,
    why,
    redrives: index % 3,
    errorCode,
    failureClass: reason,
    object: 'Case',
    source: 'github.com/acme/shop',
    detailType: 'issues.opened',
    eventId: eventOf(4).id,
  };
};

/** A page of `total` messages. */
export const failurePage = (total: number, cursor = '0'): FailurePage => {
  const first = Number(cursor);
  const count = Math.min(100, total - first);
  return {
    messages: Array.from({ length: count }, (_, index) => messageOf(first + index)),
    read: count,
    total,
    hidden: 2,
    byReason: { permanent: count },
    ...(first + count < total && { cursor: String(first + count) }),
  };
};

export const emptyFailures: FailurePage = {
  messages: [],
  read: 0,
  total: 0,
  hidden: 0,
  byReason: {},
};

export const parkedPage: FailurePage = {
  ...emptyFailures,
  total: 2,
  messages: [
    {
      ...messageOf(0),
      place: 'parked',
      id: 'parked-1',
      key: 'parked/OUTCOME_UNKNOWN/2026-11-28/parked-1.json',
      reason: 'OUTCOME_UNKNOWN',
      decision: 'refuse',
      why: 'Salesforce may have applied the change.',
    },
    { ...messageOf(1), place: 'parked', id: 'parked-2', reason: 'PERMANENT', detailType: hostile },
  ],
};

export const failureDetail: FailureDetail = {
  ...messageOf(1),
  message: `unable to obtain exclusive access to this record ${hostile}`,
  body: JSON.stringify({ object: 'Case', method: 'create', record: { Subject: hostile } }),
  attributes: { Failure: '{"class":"lock"}', Redrive: '{"count":1}' },
  advice:
    'Redrive it. If locks come back, look for jobs in Salesforce that update the same parent.',
};
