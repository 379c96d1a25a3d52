import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { everything } from './destination-parameters.ts';
import { ask } from './event-ruler.ts';
import { lookUp, render } from './eventbridge.ts';
import { resolveTemplate } from './resolve.ts';
import { fields, type Json, list, template } from './template.ts';

const { resources } = resolveTemplate(template, {
  ...everything,
  GitHubWebhookSecret: 'given',
  GitHubIssueToCase: 'true',
  TwilioWebhookSecret: 'given',
  TwilioMessageToTask: 'true',
});

const propertiesOf = (id: string): Json => fields(resources[id]?.['Properties']);
const patternOf = (id: string): unknown => propertiesOf(id)['EventPattern'];

type Event = Readonly<Record<string, unknown>>;
const sample = (name: string): Event =>
  JSON.parse(readFileSync(join(root, 'events', `${name}.json`), 'utf8'));

const without = (event: Event, path: string): Event => {
  const [key = '', ...rest] = path.split('.');
  const { [key]: inner, ...others } = event;
  return rest.length === 0 ? others : { ...others, [key]: without(fields(inner), rest.join('.')) };
};

/** A connection's change of state, as EventBridge tells the default bus. Names of resources stand for themselves here. */
const stateOf = (ConnectionName: string, state: string): Event => ({
  ...sample('default-connection-deauthorized'),
  'detail-type': state,
  detail: { ...fields(sample('default-connection-deauthorized')['detail']), ConnectionName },
});

const cases: readonly {
  readonly rule: string;
  readonly event: Event;
  readonly needs: readonly string[];
}[] = [
  {
    rule: 'GitHubIssueRule',
    event: sample('bus-github-issue-opened'),
    needs: [
      'source',
      'detail-type',
      'resources',
      'detail.action',
      'detail.issue.title',
      'detail.issue.html_url',
    ],
  },
  {
    rule: 'TwilioMessageRule',
    event: sample('bus-twilio-message-received'),
    needs: [
      'source',
      'detail-type',
      'resources',
      'detail.MessageSid',
      'detail.SmsStatus',
      'detail.From',
      'detail.Body',
    ],
  },
  { rule: 'ApiCallRule', event: sample('bus-apicall-request'), needs: ['detail-type'] },
  {
    rule: 'PlatformEventRule',
    event: sample('bus-platform-event'),
    needs: ['source', 'detail-type'],
  },
  {
    rule: 'ContactRule',
    event: sample('bus-customer-registered'),
    needs: ['source', 'detail-type', 'detail.customerId', 'detail.contact.LastName'],
  },
  {
    rule: 'CloudEventsRule',
    event: sample('bus-github-issue-opened'),
    needs: ['source', 'detail-type'],
  },
  {
    rule: 'PartnerEventRule',
    event: sample('partner-event-relay'),
    needs: ['source'],
  },
  { rule: 'PartnerEventRule', event: sample('partner-appflow-change'), needs: ['source'] },
  { rule: 'PartnerEventRule', event: sample('partner-appflow-large'), needs: ['source'] },
  {
    rule: 'ConnectionStateRule',
    event: stateOf('SalesforceConnection', 'Connection Deauthorized'),
    needs: ['source', 'detail-type', 'detail.ConnectionName'],
  },
  {
    rule: 'ConnectionStateRule',
    event: stateOf('CloudEventsConnection', 'Connection Failed Connectivity'),
    needs: ['source', 'detail-type', 'detail.ConnectionName'],
  },
];

const redriven = (rule: string, event: Event): Event => ({
  ...event,
  source: 'salesforce-eventbridge.redrive',
  'detail-type': 'salesforce-eventbridge.redrive',
  detail: { rule, target: 'arn', attempt: 1, event },
});

describe("event patterns, asked of EventBridge's own matcher", () => {
  const positive = cases.map(({ rule, event }) => ({ pattern: patternOf(rule), event }));
  const negative = cases.flatMap(({ rule, event, needs }) =>
    needs.map((path) => ({ pattern: patternOf(rule), event: without(event, path) })),
  );
  const twins = [
    ['PlatformEventRedriveRule', 'stack-platform-event'],
    ['ContactRedriveRule', 'stack-contact'],
    ['CloudEventsRedriveRule', 'stack-cloudevents'],
    ['GitHubIssueRedriveRule', 'stack-github-issue'],
    ['TwilioMessageRedriveRule', 'stack-twilio-message'],
  ] as const;
  const event = sample('bus-platform-event');

  it('match their samples', () => {
    expect(ask(positive)).toEqual(positive.map(() => true));
  });

  it('do not match when a field that the rule needs is missing', () => {
    expect(ask(negative)).toEqual(negative.map(() => false));
  });

  it.each([
    ['PlatformEventRule', 'bus-platform-event'],
    ['ContactRule', 'bus-customer-registered'],
  ])("of %s do not send Salesforce's own relayed events back to it", (rule, name) => {
    const relayed = { ...sample(name), source: 'aws.partner/salesforce.com/00D/0YL' };
    expect(ask([{ pattern: patternOf(rule), event: relayed }])).toEqual([false]);
  });

  it('take no Contact whose key would name another resource', () => {
    const customer = sample('bus-customer-registered');
    const keys = ['', '.', '..', 'a/b', 'C-1', 4711];
    const questions = keys.map((customerId) => ({
      pattern: patternOf('ContactRule'),
      event: { ...customer, detail: { ...fields(customer['detail']), customerId } },
    }));
    expect(ask(questions)).toEqual([false, false, false, true, true, true]);
  });

  it('of connection states leave other connections and other states alone', () => {
    const pattern = patternOf('ConnectionStateRule');
    const others = [
      stateOf('another', 'Connection Deauthorized'),
      stateOf('SalesforceConnection', 'Connection Authorized'),
    ];
    expect(ask(others.map((event) => ({ pattern, event })))).toEqual([false, false]);
  });

  it('of CloudEvents take only the sources and detail-types that are named', () => {
    const { resources: named } = resolveTemplate(template, {
      ...everything,
      CloudEventsSources: 'github.com, com.example.shop',
      CloudEventsDetailTypes: 'issues,Order Placed',
    });
    const pattern = fields(named['CloudEventsRule']?.['Properties'])['EventPattern'];
    const issue = sample('bus-github-issue-opened');
    const events = [issue, { ...issue, source: 'other' }, { ...issue, 'detail-type': 'push' }];
    expect(ask(events.map((event) => ({ pattern, event })))).toEqual([true, false, false]);
  });

  it('of twins match what was redriven for their own rule, and nothing else', () => {
    const questions = twins.flatMap(([id]) =>
      twins.map(([, rule]) => ({ pattern: patternOf(id), event: redriven(rule, event) })),
    );
    expect(ask(questions)).toEqual(twins.flatMap(([id]) => twins.map(([other]) => id === other)));
  });
});

describe('input transformers', () => {
  const nasty = 'a "quoted" \\ text\nwith <title> and ☎';
  const made = (id: string, event: Event): unknown => {
    const [target] = list(propertiesOf(id)['Targets']);
    return JSON.parse(render(fields(target)['InputTransformer'], event));
  };

  it('make a request of an issue whose title is full of quotes and lines', () => {
    const opened = sample('bus-github-issue-opened');
    const detail = fields(opened['detail']);
    const event = {
      ...opened,
      detail: { ...detail, issue: { ...fields(detail['issue']), title: nasty } },
    };
    expect(made('GitHubIssueRule', event)).toMatchObject({
      object: 'Case',
      idempotencyKey: `stack-github-issue/${list(opened['resources'])[0]}`,
      payload: { Subject: nasty },
    });
  });

  it('make a request of a message whose text is full of quotes and lines', () => {
    const received = sample('bus-twilio-message-received');
    const event = { ...received, detail: { ...fields(received['detail']), Body: nasty } };
    expect(made('TwilioMessageRule', event)).toMatchObject({
      payload: { Description: nasty },
    });
  });

  it.each([
    'bus-github-issue-opened',
    'bus-twilio-message-received',
    'bus-platform-event',
    'partner-event-relay',
  ])('make a CloudEvent with every required attribute of %s', (name) => {
    const event: Event = { ...sample(name), detail: { text: nasty } };
    expect(made('CloudEventsRule', event)).toEqual({
      specversion: '1.0',
      id: event['id'],
      source: event['source'],
      type: event['detail-type'],
      time: event['time'],
      datacontenttype: 'application/json',
      data: { text: nasty },
    });
  });

  it.each(['CloudEventsRule', 'ContactRule'])('of the twin of %s make the same', (id) => {
    const event = sample('bus-customer-registered');
    const [target] = list(propertiesOf(id)['Targets']);
    const [twin] = list(propertiesOf(id.replace('Rule', 'RedriveRule'))['Targets']);
    const around = redriven('any', event);
    const body = (one: unknown, from: Event): unknown => {
      const { InputPath, InputTransformer } = fields(one);
      return InputPath === undefined ? render(InputTransformer, from) : lookUp(from, InputPath);
    };
    const path = (one: unknown, from: Event): unknown =>
      list(fields(fields(one)['HttpParameters'])['PathParameterValues']).map((value) =>
        lookUp(from, value),
      );
    expect([body(twin, around), path(twin, around)]).toEqual([
      body(target, event),
      path(target, event),
    ]);
  });
});

describe('samples', () => {
  it('exist for every rule of the main bus', () => {
    const rules = Object.keys(template.Resources).filter(
      (id) => id.endsWith('Rule') && !id.endsWith('RedriveRule'),
    );
    expect([...new Set(cases.map(({ rule }) => rule))].sort()).toEqual(rules.sort());
  });
});
