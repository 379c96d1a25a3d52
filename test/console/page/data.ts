import type { EventList } from '../../../cli/events/list.ts';
import type { EventTrace } from '../../../cli/events/trace.ts';
import type {
  Connections,
  Flow,
  Mappings,
  MappingTrial,
  Payload,
  Rates,
  StackInfo,
} from '../../../console/api.ts';

/** Every text of others: shown as it is, and never run. */
export const hostile = `<img src=x onerror="document.title='hacked'"> & 'quotes' ‮ \u0000`;

const minute = (index: number, base: number): number =>
  Math.max(0, Math.round(base + base * 0.6 * Math.sin(index / 6) + ((index * 7919) % 5)));
const minutes = Array.from({ length: 60 }, (_, index) => index);
/** A time of the made-up day, `secondsAgo` before its present. */
export const at = (secondsAgo: number): string =>
  new Date(Date.UTC(2026, 10, 28, 9, 30) - secondsAgo * 1000).toISOString();

export const stack: StackInfo = {
  name: 'orders',
  isLocal: false,
  canSteer: true,
  account: '123456789012',
  region: 'eu-central-1',
  status: 'UPDATE_COMPLETE',
  version: '0.1.0',
};

export const flow: Flow = {
  queues: [
    { name: 'ApiCallQueue', visible: 12, hidden: 3, delayed: 0, oldestAgeSeconds: 4 },
    { name: 'ApiCallDlq', visible: 3, hidden: 1, delayed: 0, oldestAgeSeconds: 5_400 },
    { name: 'RuleDlq', visible: 0, hidden: 0, delayed: 0 },
    { name: 'SpillQueue', visible: 0, hidden: 0, delayed: 0 },
  ],
  parked: { count: 2, isComplete: true, byReason: { PERMANENT: 1, OUTCOME_UNKNOWN: 1 } },
  apiUsage: { percent: 37.4, at: at(20) },
  alarms: [],
  problems: [],
};

export const quietFlow: Flow = {
  ...flow,
  queues: flow.queues.map(({ name }) => ({ name, visible: 0, hidden: 0, delayed: 0 })),
  parked: { count: 0, isComplete: true, byReason: {} },
};

/** Everything that can be wrong at once. */
export const alarmedFlow: Flow = {
  ...flow,
  parked: { count: 1_000, isComplete: false, byReason: { PERMANENT: 1_000 } },
  breaker: { scope: 'writes', reason: 'limit', openUntil: at(-600), times: 2 },
  pause: { since: at(900), until: at(-2_700), reason: hostile },
  apiUsage: { percent: 96, at: at(20) },
  alarms: [
    {
      name: 'orders-DlqActionRequiredAlarm-1A2B3C',
      logicalId: 'DlqActionRequiredAlarm',
      state: 'ALARM',
      since: at(1_200),
      description: 'Messages need a person. First command: npm run dlq -- status',
    },
    {
      name: 'orders-SpillAlarm-4D5E6F',
      logicalId: 'SpillAlarm',
      state: 'INSUFFICIENT_DATA',
      description: 'The bus refused events.',
    },
  ],
  problems: [
    {
      kind: 'access denied',
      message: `AWS denied s3:ListBucket for the park bucket. ${hostile}`,
      remedy: "Attach docs/policies/console-read.json to the operator's role.",
    },
  ],
};

export const rates: Rates = {
  minutes: minutes.map((index) => Date.UTC(2026, 10, 28, 8, 30) / 1000 + index * 60),
  accepted: minutes.map((index) => minute(index, 40)),
  rejected: minutes.map((index) => (index % 17 === 0 ? 2 : 0)),
  succeeded: minutes.map((index) => minute(index, 34)),
  failed: minutes.map((index) => (index > 40 && index < 46 ? 9 : 0)),
  deadLettered: minutes.map((index) => (index === 46 ? 3 : 0)),
  costUsd: 0.000_05,
};

export const eventOf = (index: number): EventList['events'][number] => {
  const kinds = ['issues.opened', 'issues.closed', 'sms.received', 'order.created'] as const;
  const state = index % 9 === 4 ? 'failed' : index % 13 === 7 ? 'waiting' : 'succeeded';
  return {
    id: `0b9e6c4e-5d1f-4f8a-9c3e-${String(index).padStart(12, '0')}`,
    at: at(index * 7),
    lastAt: at(index * 7 - 1),
    state,
    provider: 'github',
    source: index % 4 === 3 ? 'com.example.shop' : 'github.com/acme/shop',
    detailType: kinds[index % kinds.length] ?? '',
    object: 'Case',
    ...(state === 'succeeded' && { recordId: `500Hs000${String(index).padStart(10, '0')}` }),
    ...(state === 'failed' && { errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' }),
  };
};

/** A page of 5,000 events. */
export const eventPage = (cursor = '0'): EventList => {
  const first = Number(cursor);
  const reading = { lines: 10_000, since: at(3_600), until: at(0), isComplete: true, costUsd: 0 };
  return {
    events: Array.from({ length: 100 }, (_, index) => eventOf(first + index)),
    reading,
    ...(first + 100 < 5_000 && { cursor: String(first + 100) }),
  };
};

export const emptyEvents: EventList = { ...eventPage(), events: [] };

export const trace: EventTrace = {
  id: eventOf(4).id,
  state: 'failed',
  ids: {
    delivery: ['72d3162e-cc78-11e3-81ab-4c9367dc0958'],
    eventId: [eventOf(4).id],
    messageId: ['5fea7756-0ea4-451a-a703-a558b933e274'],
    keyDigest: ['9f86d081884c7d659a2feaa0c55ad015'],
  },
  hops: [
    {
      at: at(28),
      kind: 'accepted',
      where: 'GitHubWebhookFunction',
      text: 'Webhook of github (issues, opened) accepted.',
      isFailure: false,
      fields: { delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958', outcome: 'published' },
    },
    {
      at: at(27.86),
      kind: 'queued',
      where: 'ApiCallQueue',
      text: 'A rule sent it to the queue.',
      isFailure: false,
      fields: { messageId: '5fea7756-0ea4-451a-a703-a558b933e274' },
    },
    {
      at: at(27.1),
      kind: 'called',
      where: 'SalesforceApiCallFunction',
      text: 'POST Case failed: FIELD_CUSTOM_VALIDATION_EXCEPTION (class permanent-data).',
      isFailure: true,
      fields: { errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', durationMs: 212, object: 'Case' },
    },
    {
      at: at(26.9),
      kind: 'dead-lettered',
      where: 'ApiCallDlq',
      text: `apicall gave up. ${hostile}`,
      isFailure: true,
      fields: { class: 'permanent-data', attempts: 1 },
    },
  ],
  payloads: [{ store: 'ApiCallDlq', key: '5fea7756-0ea4-451a-a703-a558b933e274' }],
  unread: [{ store: 'PayloadBucket', permissions: ['s3:ListBucket'] }],
  reading: { lines: 41, since: at(3_600), until: at(0), isComplete: false, costUsd: 0 },
};

export const payload: Payload = {
  store: 'ApiCallDlq',
  key: '5fea7756-0ea4-451a-a703-a558b933e274',
  text: JSON.stringify({ detail: { action: 'opened', issue: { number: 7, title: hostile } } }),
  isCut: true,
};

const issue = { source: 'github.com', 'detail-type': 'issues.opened', detail: {} };

export const mappings: Mappings = [
  {
    name: 'github-issue-to-case',
    description: `A GitHub issue becomes a Case, and its comments are added to it.`,
    isEnabled: true,
    steps: ['find Contact', 'upsert Case'],
    samples: ['issues-opened', 'issues-closed'].map((name) => ({
      name,
      text: JSON.stringify(issue, null, 2),
    })),
  },
  {
    name: 'sms-to-task',
    description: hostile,
    isEnabled: false,
    steps: ['find Contact', 'create Task'],
    samples: [],
  },
];

export const trial: MappingTrial = {
  kind: 'ran',
  requests: [`upsert: Case\nexternalId: GitHubId__c\nfields:\n  Subject: ${hostile}\n`],
  unanswered: ['find Contact'],
};

export const connections: Connections = {
  webhooks: [
    {
      provider: 'GitHub',
      url: 'https://abcdefghijklmnopqrstuvwxyz123456.lambda-url.eu-central-1.on.aws/',
      accepted: 12_411,
      rejected: 3,
      secretChangedAt: at(86_400 * 40),
    },
    {
      provider: 'Twilio',
      url: 'https://zyxw.lambda-url.eu-central-1.on.aws/',
      accepted: 0,
      rejected: 0,
    },
  ],
  destinations: [
    {
      name: 'platform-events',
      endpoint: 'https://acme.my.salesforce.com/services/data/v64.0/sobjects/Order__e',
      state: 'ACTIVE',
      connection: 'orders-salesforce',
      connectionState: 'DEAUTHORIZED',
      reason: `invalid_client ${hostile}`,
    },
  ],
};
