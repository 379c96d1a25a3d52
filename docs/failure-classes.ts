import { undelivered } from '../cli/dlq/failures/undelivered.ts';
import {
  type FailureClass,
  policyOf,
  requestFailureClasses,
} from '../functions/common/failure-policy.ts';
import type {
  CircuitBreakerPolicy,
  FailurePolicy,
} from '../functions/common/failure-policy-type.ts';
import { parkReasons, parkReasonTexts } from '../functions/dlq-reprocessor/park/reasons.ts';
import { fillPage, table } from './page.ts';

const code = (text: string): string => `\`${text}\``;

/** `1, 2, 4, … 300 s`. */
function delays({ retry }: FailurePolicy): string {
  if (retry === 'never') return 'none';
  const { baseSeconds, capSeconds } = retry;
  const first = [1, 2, 4].map((factor) => factor * baseSeconds);
  return `${first.join(', ')}, … ${capSeconds} s`;
}

function attempts({ retry }: FailurePolicy): string {
  if (retry === 'never') return '1';
  return retry.attempts === 'MaxAttempts' ? code('MaxAttempts') : String(retry.attempts);
}

const duration = (seconds: number): string =>
  seconds < 60 ? `${seconds} seconds` : `${seconds / 60} minutes`;

const codes = (names: readonly string[]): string => names.map(code).join(' ');

function opening(policy: CircuitBreakerPolicy): string {
  const { firstSeconds, longestSeconds, proof } = policy;
  const times = `for ${duration(firstSeconds)} to ${duration(longestSeconds)}`;
  const scopes = Object.entries(proof).map(([name, scope]) =>
    scope === 'all' ? code(name) : `${code(name)} (${scope})`,
  );
  return `opens if a query fails too, or at once on ${scopes.join(' ')}, ${times}`;
}

const circuitBreaker = ({ circuitBreaker: policy }: FailurePolicy): string =>
  policy === 'unaffected' ? '' : opening(policy);

const redrives = {
  'at once': 'redriven',
  'after back-off': 'redriven at its `notBefore`',
} as const;

const redrive = ({ redrive: policy }: FailurePolicy): string =>
  typeof policy === 'object' ? `parked: ${code(policy.park)}` : redrives[policy];

const sharedCalls = {
  final: '',
  'resend alone': 'repeated in an API call of its own',
  halve: 'an API call that is rejected as a whole is repeated in halves',
  smaller: 'an API call that fails as a whole is repeated in smaller ones: 20 requests, then alone',
} as const;

/** What each class means for a queued request, as docs/apicall.md shows it. */
export const classRow = (name: FailureClass): readonly string[] => {
  const policy = policyOf(name);
  return [
    code(name),
    policy.meaning,
    attempts(policy),
    delays(policy),
    redrive(policy),
    circuitBreaker(policy),
    sharedCalls[policy.inSharedCall],
    codes(policy.errorCodes),
  ];
};

export const classTable = (): string =>
  table(
    [
      'class',
      'meaning',
      'attempts',
      'delays',
      'dead-letter message',
      'circuit breaker',
      'in a shared call',
      "Salesforce's codes",
    ],
    requestFailureClasses.map(classRow),
  );

/** The class of SpillQueue's messages, which are events, not requests. */
const publishFailed = [
  code('publish-failed'),
  'The bus refused an event, which waits in SpillQueue.',
  'published unchanged',
  'See `SpillQueueAlarm`.',
];

const reasonTable = (): string =>
  table(
    ['reason', 'meaning', 'operator action'],
    parkReasons.map((name) => {
      const { meaning, operatorAction } = parkReasonTexts[name];
      return [code(name), `${meaning}.`, operatorAction];
    }),
  );

/** docs/runbook.md with its generated tables of failure classes, park reasons and EventBridge's error codes updated. */
export const runbookPage = (): string => {
  const rows = requestFailureClasses.map((name) => {
    const policy = policyOf(name);
    return [code(name), policy.meaning, redrive(policy), policy.operatorAction];
  });
  return fillPage('docs/runbook.md', {
    classes: table(
      ['class', 'meaning', 'the reprocessor', 'operator action'],
      [...rows, publishFailed],
    ),
    reasons: reasonTable(),
    undelivered: table(
      ['code', 'usual cause and action'],
      undelivered.map(({ codes: names, action }) => [names.map(code).join(', '), action]),
    ),
  });
};
