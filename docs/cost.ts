import type { MetricName } from '../functions/common/metric-names.ts';
import { metricsOf } from '../test/template/alarm-metrics.ts';
import { resourcesOf } from '../test/template/sets.ts';
import { coverageTable } from './alarm-coverage.ts';
import { dollars, type Line, line, perUnit, prices, sum, table } from './cost-table.ts';

/** The assumed month. Replace each figure with your own. */
const month = {
  events: 1_000_000,
  eventKilobytes: 8,
  replyKilobytes: 1.5,
  batch: 20,
  webhookSeconds: 0.02,
  apiCallSeconds: 1,
  memoryGigabytes: 0.5,
  /** The function's line for `events/url-github-issue-opened.json`, 351 bytes, and 26 that CloudWatch Logs adds to each. */
  webhookLogKilobytes: 0.38,
  /** The request's line, about 0.52, those 26 bytes, and its part of the batch's lines. */
  apiCallLogKilobytes: 0.6,
  archiveDays: 14,
} as const;

/** The metrics of a month without failures, each with one set of dimensions. */
const steadyMetrics: readonly MetricName[] = ['ApiCallSucceeded', 'SalesforceApiUsagePercent'];

/** Five pollers, each with a long poll of 20 s (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const IDLE_POLLS = 5 * 3 * 60 * 24 * 30;

/** One run every 5 minutes, 2 s for three queues. */
const RUNS = 12 * 24 * 30;

/** Two execution environments that read the webhook's secret every 5 minutes. Salesforce's is read at a login. */
const SECRET_READS = 2 * RUNS;

const GIGABYTE = 1e6;

/** Deployments of the tests: nothing but Salesforce, a typical one, and everything that costs more. */
const deployments = ['minimal', 'GitHub only', 'everything'] as const;

type Deployment = (typeof deployments)[number];

/** Costs that do not depend on the number of events, without the dashboard and StackAlarm. */
const idle = (deployment: Deployment): Line[] => [
  line(
    'alarms',
    metricsOf(deployment).length,
    'CloudWatch alarm metric',
    'metrics that alarms evaluate',
  ),
  line(
    'secrets',
    resourcesOf(deployment, 'AWS::SecretsManager::Secret').length,
    'Secrets Manager secret',
    'GitHub, Twilio, Salesforce',
  ),
  line('polling for requests', IDLE_POLLS, 'SQS request (64 KB)', '5 polls × 3 a minute'),
  line('reprocessor', RUNS * 2 * month.memoryGigabytes, 'Lambda GB-second (arm64)', '2 s per run'),
  line('pause', RUNS, 'DynamoDB read unit', '1 per run: is apicall paused?'),
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
  line('circuit breaker and pause', batches, 'DynamoDB read unit', '1 per batch'),
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

/** Dollars of a month of a million events and of a month without any, with everything deployed. */
export const totals = () => ({ busy: sum(busy), idle: sum(idle('everything')) });

const lostEventMetrics = (): number =>
  metricsOf('everything').filter(({ name }) => name === 'InvocationsFailedToBeSentToDlq').length;

const deploymentRow = (deployment: Deployment): string => {
  const [alarms, secrets] = idle(deployment);
  return `| ${deployment} | ${alarms?.quantity} | ${secrets?.quantity} | ${dollars(sum(idle(deployment)))} |`;
};

const fixedCosts = (): string[] => [
  '## Fixed costs',
  '',
  ...table(idle('everything')),
  '',
  `The dashboard adds $${prices['CloudWatch dashboard']}, unless it is one of the first three of the account, each of which may reference 50 metrics`,
  `free of charge. \`CreateDashboard=false\` leaves it out. \`CreateStackAlarm=true\` adds $${dollars(prices['CloudWatch composite alarm'])} for StackAlarm. Existing`,
  'secrets that you pass, such as `ConnectionSecretArn`, are not in the table.',
  '',
  'What is deployed decides the number of alarms (the names are those of [resources.md](resources.md)):',
  '',
  '| deployment | alarm metrics | secrets | $ without events |',
  '|---|---|---|---|',
  ...deployments.map(deploymentRow),
  '',
  '## Which alarm sees which failure',
  '',
  'An alarm is billed for each metric that it reads, so merging alarms by metric math saves nothing. Instead, failures with',
  'the same first command share a metric, and what another metric counts as well has no alarm of its own. All other',
  'failures have their own alarm ([runbook.md](runbook.md#alarms)).',
  '',
  ...coverageTable(),
  '',
  'While an alarm is raised, a second failure that shares it sends no second notification. The saved query',
  '`failures by reason` shows both, and so do the metrics by `reason` and `class`.',
  '',
  'A run of the reprocessor that fails once and then succeeds raises no alarm, because no work is missing. A failed',
  '`npm run dlq` command shows its own error.',
  '',
  '## Why not less',
  '',
  `EventBridge publishes the metric for lost events per rule only: with all rules deployed, ${lostEventMetrics()} of the alarm metrics watch`,
  'for them, and one without the optional rules ([ADR 17](adr/0017-alarms-list-their-rules.md)). The queues, the functions',
  "and the schedule have one metric per kind of failure that no other metric contains. Each secret is readable by one function's",
  'role only.',
  '',
  'Each webhook and each batch writes one line. Lambda counts accepted webhooks without charge, and its own two lines are',
  'left out for webhooks that succeed. A metric is billed for the hours in which it is written: those of failures are not',
  'in the table. What remains is mostly one event and one reply on the bus, and two writes that make a create take effect',
  'once.',
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
    'response event, with everything deployed and free tiers excluded, except that of dashboards: ' +
      `**about $${Math.round(totals().busy + totals().idle)}**, of which $${dollars(totals().idle)} are`,
    `due without any events. A dashboard beyond the first three of the account adds $${prices['CloudWatch dashboard']}.`,
    'Durations, batch size and log volume are assumptions, not measured on AWS. The dashboard shows your own.',
    '',
    '## Costs per event',
    '',
    ...table(busy),
    '',
    ...fixedCosts(),
    '## What changes the cost',
    '',
    '- Events to an API destination: one API destination call replaces requests, calls, idempotency and response. Events',
    '  above 64 KB are billed once for every 64 KB on the bus, in queues and in calls.',
    '- `ReplyPolicy=never` or `error` saves half of the bus and a sixth of the archive. `LogLevel=WARN` saves most log lines;',
    "  metrics stay. `LogLevel=DEBUG` brings back Lambda's own lines, about 0.6 KB for each webhook. `ArchiveRetentionDays=1` saves most of the archive storage, `ReprocessorSchedule=rate(1 hour)` most of",
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
