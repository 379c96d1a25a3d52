import type { MetricName } from '../functions/common/log-lines.ts';
import { resourcesOf } from '../test/template/sets.ts';
import { fields, list } from '../test/template/template.ts';

/** US dollars in US East (N. Virginia), free tiers excluded. */
const prices = {
  'Lambda request': 0.2 / 1e6,
  'Lambda GB-second (arm64)': 0.000_013_333_4,
  'EventBridge custom event (64 KB)': 1 / 1e6,
  'EventBridge archive, GB in': 0.1,
  'EventBridge archive, GB-month': 0.023,
  'API destination call (64 KB)': 0.2 / 1e6,
  'SQS request (64 KB)': 0.4 / 1e6,
  'DynamoDB write unit': 0.625 / 1e6,
  'DynamoDB read unit': 0.125 / 1e6,
  'DynamoDB GB-month with recovery': 0.45,
  'Secrets Manager secret': 0.4,
  'Secrets Manager call': 0.05 / 1e4,
  'CloudWatch log GB in': 0.5,
  'CloudWatch metric': 0.3,
  'CloudWatch alarm metric': 0.1,
  'CloudWatch composite alarm': 0.5,
  'CloudWatch dashboard': 3,
  'KMS key': 1,
} as const;

type Price = keyof typeof prices;

/** The assumed month. Replace each figure with your own. */
const month = {
  events: 1_000_000,
  eventKilobytes: 8,
  replyKilobytes: 1.5,
  batch: 20,
  webhookSeconds: 0.02,
  apiCallSeconds: 1,
  memoryGigabytes: 0.5,
  /** The function's line for `events/url-github-issue-opened.json`, about 0.5, and two of Lambda's own. */
  webhookLogKilobytes: 1.1,
  /** The request's line, about 0.45, and its part of the batch's lines. */
  apiCallLogKilobytes: 0.5,
  archiveDays: 14,
} as const;

/** The metrics of a month without failures, each with one set of dimensions. */
const steadyMetrics: readonly MetricName[] = [
  'WebhookAccepted',
  'ApiCallSucceeded',
  'SalesforceApiUsagePercent',
];

/** Five pollers, each with a long poll of 20 s (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const IDLE_POLLS = 5 * 3 * 60 * 24 * 30;

/** One run every 5 minutes, 2 s for three queues. */
const RUNS = 12 * 24 * 30;

/** Two execution environments that read the webhook's secret every 5 minutes. Salesforce's is read at a login. */
const SECRET_READS = 2 * RUNS;

const GIGABYTE = 1e6;

interface Line {
  readonly what: string;
  readonly quantity: number;
  readonly price: Price;
  readonly how: string;
}

const line = (what: string, quantity: number, price: Price, how: string): Line => ({
  what,
  quantity,
  price,
  how,
});

const alarmMetrics = (): number =>
  resourcesOf('everything', 'AWS::CloudWatch::Alarm')
    .flatMap(([, { Properties }]) => list(Properties['Metrics'] ?? [{ MetricStat: {} }]))
    .filter((query) => 'MetricStat' in fields(query)).length;

/** Costs that do not depend on the number of events. */
const idle = (): Line[] => [
  line('alarms', alarmMetrics(), 'CloudWatch alarm metric', 'metrics that alarms evaluate'),
  line('any-alarm', 1, 'CloudWatch composite alarm', ''),
  line('dashboard', 1, 'CloudWatch dashboard', 'the first three of an account are free'),
  line('secrets', 3, 'Secrets Manager secret', 'GitHub, Twilio, Salesforce'),
  line('polling for requests', IDLE_POLLS, 'SQS request (64 KB)', '5 polls × 3 a minute'),
  line('reprocessor', RUNS * 2 * month.memoryGigabytes, 'Lambda GB-second (arm64)', '2 s per run'),
];

const { events, memoryGigabytes } = month;
const batches = events / month.batch;
const archived = (events * (month.eventKilobytes + month.replyKilobytes)) / GIGABYTE;
const logged = (events * (month.webhookLogKilobytes + month.apiCallLogKilobytes)) / GIGABYTE;

/** Costs that grow with the number of events. */
const busy: readonly Line[] = [
  line('webhooks', events, 'Lambda request', '1 per event'),
  line(
    'webhooks',
    events * month.webhookSeconds * memoryGigabytes,
    'Lambda GB-second (arm64)',
    `${month.webhookSeconds} s × ${memoryGigabytes} GB`,
  ),
  line('events and replies', 2 * events, 'EventBridge custom event (64 KB)', '2 per event'),
  line(
    'archive',
    archived,
    'EventBridge archive, GB in',
    `${month.eventKilobytes} + ${month.replyKilobytes} KB per event`,
  ),
  line(
    'archive',
    (archived * month.archiveDays) / 30,
    'EventBridge archive, GB-month',
    `${month.archiveDays} days`,
  ),
  line(
    'requests',
    events + (2 * events) / 10,
    'SQS request (64 KB)',
    '1 sent; received and deleted 10 at a time',
  ),
  line('calls', batches, 'Lambda request', `batches of ${month.batch}`),
  line(
    'calls',
    batches * month.apiCallSeconds * memoryGigabytes,
    'Lambda GB-second (arm64)',
    `${month.apiCallSeconds} s × ${memoryGigabytes} GB`,
  ),
  line('idempotency', 2 * events, 'DynamoDB write unit', '2 per create'),
  line('circuit breaker', batches, 'DynamoDB read unit', '1 per batch'),
  line(
    'idempotency',
    (events * 0.5) / GIGABYTE,
    'DynamoDB GB-month with recovery',
    '0.5 KB for 30 days',
  ),
  line(
    'log lines',
    logged,
    'CloudWatch log GB in',
    `${month.webhookLogKilobytes} + ${month.apiCallLogKilobytes} KB per event`,
  ),
  line('metrics', steadyMetrics.length, 'CloudWatch metric', steadyMetrics.join(', ')),
  line('secret reads', SECRET_READS, 'Secrets Manager call', 'every 5 minutes while busy'),
];

const dollars = (amount: number): string => amount.toFixed(2);

const row = ({ what, quantity, price, how }: Line): string =>
  `| ${what} | ${Number(quantity.toPrecision(3)).toLocaleString('en')} | ${price} | ${how} | ${dollars(quantity * prices[price])} |`;

const sum = (lines: readonly Line[]): number =>
  lines.reduce((total, { quantity, price }) => total + quantity * prices[price], 0);

const table = (lines: readonly Line[]): string[] => [
  '| item | quantity | unit | calculation | $ |',
  '|---|---|---|---|---|',
  ...lines.map(row),
  `| **total** | | | | **${dollars(sum(lines))}** |`,
];

const perUnit = (price: number): string =>
  price < 0.01 ? `${Number((price * 1e6).toPrecision(6))} per million` : String(price);

const whyNotLess = (): string[] => [
  '## Why not less',
  '',
  `Of the ${dollars(sum(idle()))} without any events, the alarms are ${dollars(alarmMetrics() * prices['CloudWatch alarm metric'])} and the dashboard is ${dollars(prices['CloudWatch dashboard'])}. In an account with fewer than`,
  `three dashboards, the dashboard is free, and ${dollars(sum(idle()) - prices['CloudWatch dashboard'])} remain. Merging alarms by metric math saves nothing,`,
  'because an alarm is billed for each metric that it evaluates; so one alarm for all 5xx answers replaces those for an',
  'unusable secret and for events that neither bus nor spill queue accepts: both are answered with 500. EventBridge publishes the metric for lost events per',
  'rule only, so the two alarms for lost events evaluate 13 metrics with all rules deployed. Without the optional rules,',
  'they evaluate one.',
  '',
  'Each webhook and each batch writes one line for log and metrics, instead of two. A metric is billed for the hours in',
  'which it is written: those of failures are not in the table. What remains is mostly one event and one reply on the bus,',
  'and two writes that make a create take effect once.',
  '',
];

/** docs/cost.md: the cost of a month with a million events, item by item. */
export const costPage = (): string =>
  [
    '# Cost',
    '',
    'Generated by `npm run docs`. To calculate your own month, change its figures at the top of `docs/cost.ts`.',
    '',
    `A month of ${events.toLocaleString('en')} GitHub webhooks of ${month.eventKilobytes} KB, each of which creates a Case by the built-in rule and gets a`,
    'response event, with everything deployed and free tiers excluded: ' +
      `**about $${Math.round(sum(busy) + sum(idle()))}**. Without any events: about $${Math.round(sum(idle()))}.`,
    'Durations, batch size and log volume are assumptions, not measured on AWS. The dashboard shows your own.',
    '',
    '## Costs per event',
    '',
    ...table(busy),
    '',
    '## Fixed costs',
    '',
    ...table(idle()),
    '',
    ...whyNotLess(),
    '## What changes the cost',
    '',
    '- Events to an API destination: one API destination call replaces requests, calls, idempotency and response. Events',
    '  above 64 KB are billed once for every 64 KB on the bus, in queues and in calls.',
    '- `ReplyPolicy=never` or `error` saves half of the bus and a sixth of the archive. `LogLevel=WARN` saves most log lines;',
    '  metrics stay. `ArchiveRetentionDays=1` saves most of the archive storage, `ReprocessorSchedule=rate(1 hour)` most of',
    '  the reprocessor.',
    `- \`Encryption=stack-key\` adds $${prices['KMS key']} for the key, and KMS requests, which grow with messages (SQS reuses a data key for 5 minutes).`,
    '  They are not estimated here.',
    '- `Tracing=Active` adds X-Ray, billed per trace. `WebhookReservedConcurrency` limits the cost of forged requests.',
    '- Salesforce limits API calls instead. A million creates in batches of ' +
      `${month.batch} are about ${batches.toLocaleString('en')} of them.`,
    '',
    '## Prices',
    '',
    'US East (N. Virginia), in US dollars, as of 2026-11-25. The pages "AWS Lambda Pricing", "Amazon EventBridge',
    'pricing", "Amazon SQS pricing", "Pricing for Amazon DynamoDB", "AWS Secrets Manager pricing", "Amazon CloudWatch',
    'pricing" and "AWS Key Management Service pricing" list them. Those pages render prices by script, so these figures',
    'come from summaries of 2025 and 2026. Check them before you budget.',
    '',
    '| unit | $ |',
    '|---|---|',
    ...Object.entries(prices).map(([unit, price]) => `| ${unit} | ${perUnit(price)} |`),
    '',
  ].join('\n');
