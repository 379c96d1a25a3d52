import { resourcesOf } from '../test/template/sets.ts';
import { fields, list } from '../test/template/template.ts';

/** US dollars in US East (N. Virginia), without free tiers. */
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

/** What a month looks like; each figure may be replaced by one's own. */
const month = {
  events: 1_000_000,
  eventKilobytes: 8,
  replyKilobytes: 1.5,
  batch: 20,
  webhookSeconds: 0.02,
  apiCallSeconds: 1,
  memoryGigabytes: 0.5,
  webhookLogKilobytes: 1.3,
  apiCallLogKilobytes: 0.6,
  archiveDays: 14,
  metrics: 10,
} as const;

/** The poller's five connections, each asking every 20 s (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const IDLE_POLLS = 5 * 3 * 60 * 24 * 30;

/** A run every five minutes that looks at three queues for two seconds. */
const RUNS = 12 * 24 * 30;

/** Two containers that read two secrets every five minutes. */
const SECRET_READS = 2 * 2 * RUNS;

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

/** Lines that are the same without a single event. */
const idle = (): Line[] => [
  line('alarms', alarmMetrics(), 'CloudWatch alarm metric', 'metrics that alarms watch'),
  line('any-alarm', 1, 'CloudWatch composite alarm', ''),
  line('dashboard', 1, 'CloudWatch dashboard', 'the first three of an account are free'),
  line('secrets', 3, 'Secrets Manager secret', 'GitHub, Twilio, Salesforce'),
  line('secret reads', SECRET_READS, 'Secrets Manager call', 'every five minutes while busy'),
  line('waiting for requests', IDLE_POLLS, 'SQS request (64 KB)', '5 polls × 3 a minute'),
  line('reprocessor', RUNS * 2 * month.memoryGigabytes, 'Lambda GB-second (arm64)', '2 s each run'),
];

const { events, memoryGigabytes } = month;
const batches = events / month.batch;
const archived = (events * (month.eventKilobytes + month.replyKilobytes)) / GIGABYTE;
const logged = (events * (month.webhookLogKilobytes + month.apiCallLogKilobytes)) / GIGABYTE;

/** Lines that grow with the events. */
const busy: readonly Line[] = [
  line('webhooks', events, 'Lambda request', '1 each'),
  line(
    'webhooks',
    events * month.webhookSeconds * memoryGigabytes,
    'Lambda GB-second (arm64)',
    `${month.webhookSeconds} s × ${memoryGigabytes} GB`,
  ),
  line('events and replies', 2 * events, 'EventBridge custom event (64 KB)', '2 each'),
  line(
    'archive',
    archived,
    'EventBridge archive, GB in',
    `${month.eventKilobytes} + ${month.replyKilobytes} KB each`,
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
    '1 sent; received and deleted in tens',
  ),
  line('calls', batches, 'Lambda request', `batches of ${month.batch}`),
  line(
    'calls',
    batches * month.apiCallSeconds * memoryGigabytes,
    'Lambda GB-second (arm64)',
    `${month.apiCallSeconds} s × ${memoryGigabytes} GB`,
  ),
  line('once only', 2 * events, 'DynamoDB write unit', '2 each create'),
  line('breaker', batches, 'DynamoDB read unit', '1 each batch'),
  line(
    'once only',
    (events * 0.5) / GIGABYTE,
    'DynamoDB GB-month with recovery',
    '0.5 KB for 30 days',
  ),
  line(
    'log lines',
    logged,
    'CloudWatch log GB in',
    `${month.webhookLogKilobytes} + ${month.apiCallLogKilobytes} KB each`,
  ),
  line('metrics', month.metrics, 'CloudWatch metric', 'series that a healthy month writes'),
];

const dollars = (amount: number): string => amount.toFixed(2);

const row = ({ what, quantity, price, how }: Line): string =>
  `| ${what} | ${Number(quantity.toPrecision(3)).toLocaleString('en')} | ${price} | ${how} | ${dollars(quantity * prices[price])} |`;

const sum = (lines: readonly Line[]): number =>
  lines.reduce((total, { quantity, price }) => total + quantity * prices[price], 0);

const table = (lines: readonly Line[]): string[] => [
  '| what | how many | of what | arithmetic | $ |',
  '|---|---|---|---|---|',
  ...lines.map(row),
  `| **together** | | | | **${dollars(sum(lines))}** |`,
];

const perUnit = (price: number): string =>
  price < 0.01 ? `${Number((price * 1e6).toPrecision(6))} a million` : String(price);

/** docs/cost.md: what a month of a million events costs, line by line. */
export const costPage = (): string =>
  [
    '# Cost',
    '',
    'Made by `npm run docs`; the figures of the month are at the top of `docs/cost.ts`, for your own to be put in.',
    '',
    `A month of ${events.toLocaleString('en')} GitHub webhooks of ${month.eventKilobytes} KB, each made a Case by the built-in rule, each answered by a`,
    'response event, everything deployed, no free tiers: ' +
      `**about $${Math.round(sum(busy) + sum(idle()))}**. Without a single event: about $${Math.round(sum(idle()))}.`,
    'Durations, batch size and bytes of log lines are assumptions, not measured on AWS; the dashboard shows your own.',
    '',
    '## What the events cost',
    '',
    ...table(busy),
    '',
    '## What it costs anyway',
    '',
    ...table(idle()),
    '',
    '## What changes it',
    '',
    '- An event to an API destination instead: one call of it in place of requests, calls, once only and reply. Events above',
    '  64 KB count once for every 64 KB on the bus, in queues and in calls.',
    '- `ReplyPolicy=never` or `error`: half of the bus and a sixth of the archive. `LogLevel=WARN`: most of the log lines;',
    '  metrics stay. `ArchiveRetentionDays=1`: most of the archive storage. `ReprocessorSchedule=rate(1 hour)`: most of the',
    '  reprocessor.',
    `- \`Encryption=stack-key\`: $${prices['KMS key']} for the key and KMS requests, which grow with messages (SQS reuses a data key for five minutes);`,
    '  not estimated here.',
    '- `Tracing=Active`: X-Ray by traces. `WebhookReservedConcurrency` caps what forged requests can cost.',
    '- Salesforce: API calls are the bill there; a million creates in batches of ' +
      `${month.batch} are about ${batches.toLocaleString('en')} of them.`,
    '',
    '## Prices',
    '',
    'US East (N. Virginia), in US dollars, looked up on 2026-11-25. The pages "AWS Lambda Pricing", "Amazon EventBridge',
    'pricing", "Amazon SQS pricing", "Pricing for Amazon DynamoDB", "AWS Secrets Manager pricing", "Amazon CloudWatch',
    'pricing" and "AWS Key Management Service pricing" have the list; they show it by script, so these figures were read',
    'second hand, in summaries of 2025 and 2026. Check them before you budget.',
    '',
    '| unit | $ |',
    '|---|---|',
    ...Object.entries(prices).map(([unit, price]) => `| ${unit} | ${perUnit(price)} |`),
    '',
  ].join('\n');
