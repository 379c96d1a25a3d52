import type { Letter, Result } from '../report.ts';
import type { Planned } from './plan.ts';
import type { Told } from './tally.ts';

const results: Readonly<Record<Planned['verdict']['kind'], Result>> = {
  redrive: 'redriven',
  wait: 'waiting',
  park: 'parked',
  skip: 'skipped',
  refuse: 'refused',
};

const NOT_HANDED_OVER = 'not handed over';

/** What became of a letter. */
export function tell({ letter, verdict, refusal }: Planned): Told {
  const at = letter.sentAt;
  if (refusal) return { result: 'failed', reason: NOT_HANDED_OVER, at };
  return { result: results[verdict.kind], reason: verdict.reason, at };
}

/** Longer texts are cut: an answer of Lambda's ends at 6 MB ("Lambda quotas"). */
const MAX_MESSAGE_LENGTH = 1_000;

/** @param withMessage whether Salesforce's and EventBridge's own words are told, which may quote field values. */
export function toLetter(planned: Planned, withMessage: boolean): Letter {
  const { letter, envelope, facts, verdict, refusal } = planned;
  const { message, ...named } = facts;
  const couldNot = `the way back could not be found: ${refusal?.errorCode}`;
  return {
    messageId: letter.messageId,
    sentAt: letter.sentAt.toISOString(),
    kind: envelope.kind,
    decision: refusal ? 'refuse' : verdict.kind,
    reason: refusal ? NOT_HANDED_OVER : verdict.reason,
    why: refusal ? couldNot : verdict.why,
    ...(verdict.kind === 'wait' ? { until: verdict.until.toISOString() } : {}),
    ...named,
    redrives: envelope.history.redrives,
    ...(withMessage && message !== undefined
      ? { message: message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed() }
      : {}),
  };
}
