/** A failure that an alarm sees together with others, or through a metric that is not the failure's own. */
interface Covered {
  readonly failure: string;
  /** Logical ids. */
  readonly alarms: readonly string[];
  readonly metric: string;
  /** The longest time from the failure to the alarm, and why. */
  readonly within: string;
}

/** Alarms evaluate periods of five minutes, if nothing else is stated. */
const FIVE_MINUTES = '5 minutes';

/**
 * The failures that have no alarm of their own. An alarm costs as much as the metrics that it reads, so failures with the
 * same first command share a metric, and a metric that only repeats another one has no alarm.
 * test/template/alarm-coverage.test.ts proves each line.
 */
export const covered: readonly Covered[] = [
  {
    failure: 'Webhooks exceed `LambdaInvocationThreshold`',
    alarms: ['GitHubWebhookRejectedAlarm', 'TwilioWebhookRejectedAlarm'],
    metric: 'Invocations',
    within: '10 minutes',
  },
  {
    failure: 'Salesforce refuses the login',
    alarms: ['SalesforceRefusedAlarm'],
    metric: 'SalesforceRefused',
    within: FIVE_MINUTES,
  },
  {
    failure: 'The org reaches its daily API limit, or is in maintenance',
    alarms: ['SalesforceRefusedAlarm'],
    metric: 'SalesforceRefused',
    within: FIVE_MINUTES,
  },
  {
    failure: 'Requests fail because of the secret, the app or the user',
    alarms: ['SalesforceRefusedAlarm'],
    metric: 'SalesforceRefused',
    within: FIVE_MINUTES,
  },
  {
    failure: 'Neither bus nor spill queue accepts a response',
    alarms: ['DeliveryFailedAlarm'],
    metric: 'DeliveryFailed',
    within: FIVE_MINUTES,
  },
  {
    failure: 'A dead-letter message can be neither redriven nor parked',
    alarms: ['DeliveryFailedAlarm'],
    metric: 'DeliveryFailed',
    within: FIVE_MINUTES,
  },
  {
    failure: 'A dead-letter message is parked',
    alarms: ['DlqActionRequiredAlarm'],
    metric: 'DlqActionRequired',
    within: FIVE_MINUTES,
  },
  {
    failure: 'A dead-letter message is 13 days and an hour old',
    alarms: ['DlqActionRequiredAlarm'],
    metric: 'DlqActionRequired',
    within: '5 minutes after the run that receives it',
  },
  {
    failure: 'A failed asynchronous invocation cannot be sent to ApiCallDlq',
    alarms: ['SalesforceApiCallEventsDroppedAlarm'],
    metric: 'AsyncEventsDropped',
    within: '5 minutes: Lambda drops an event after it has tried to send it to the destination',
  },
  {
    failure: 'A scheduled run of the reprocessor fails',
    alarms: ['DlqReprocessorEventsDroppedAlarm'],
    metric: 'AsyncEventsDropped',
    within: '15 minutes: three attempts of up to 2 minutes, after 0, 1 and 2 minutes',
  },
  {
    failure: 'A scheduled run of the reprocessor is throttled',
    alarms: ['DlqReprocessorEventsDroppedAlarm'],
    metric: 'AsyncEventsDropped',
    within: '15 minutes: its event is dropped when it is 10 minutes old',
  },
  {
    failure: 'The scheduler cannot invoke the reprocessor',
    alarms: ['ScheduleDroppedAlarm'],
    metric: 'InvocationDroppedCount',
    within: '5 minutes: the schedule has no retries, so the first error drops the invocation',
  },
  {
    failure: "A connection's change of state reaches neither topic nor bus nor RuleDlq",
    alarms: ['ConnectionStateAlarm'],
    metric: 'TriggeredRules',
    within: '5 minutes: the rule is triggered whether or not its targets can be reached',
  },
];

/** The table of docs/cost.md. */
export const coverageTable = (): string[] => [
  '| failure | alarm | metric | raised within |',
  '|---|---|---|---|',
  ...covered.map(({ failure, alarms, metric, within }) => {
    const names = alarms.map((name) => `\`${name}\``).join(', ');
    return `| ${failure} | ${names} | \`${metric}\` | ${within} |`;
  }),
];
