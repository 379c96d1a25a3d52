import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { everything } from './destination-parameters.ts';
import { startMatcher } from './event-ruler.ts';
import { type Event, patternOf, propertiesOf, redriven, resources, sample } from './samples.ts';
import { fields, template } from './template.ts';

const ask = startMatcher();

const without = (event: Event, path: string): Event => {
  const [key = '', ...rest] = path.split('.');
  const { [key]: inner, ...others } = event;
  return rest.length === 0 ? others : { ...others, [key]: without(fields(inner), rest.join('.')) };
};

/** A connection event as EventBridge publishes it to the default bus. Logical ids stand for connection names here. */
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
    rule: 'MappingRule',
    event: sample('bus-github-issue-opened'),
    needs: ['source', 'detail-type'],
  },
  {
    rule: 'MappingRule',
    event: sample('bus-twilio-message-received'),
    needs: ['source', 'detail-type'],
  },
  {
    rule: 'MappingRule',
    event: { ...sample('bus-github-issue-opened'), 'detail-type': 'issues.claim-check' },
    needs: ['source', 'detail-type'],
  },
  {
    rule: 'ApiCallRule',
    event: sample('bus-apicall-request'),
    needs: ['source', 'detail-type'],
  },
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

describe("event patterns, asked of EventBridge's own matcher", () => {
  const positive = cases.map(({ rule, event }) => ({ pattern: patternOf(rule), event }));
  const negative = cases.flatMap(({ rule, event, needs }) =>
    needs.map((path) => ({ pattern: patternOf(rule), event: without(event, path) })),
  );
  const redriveRules = [
    ['PlatformEventRedriveRule', 'stack-platform-event'],
    ['ContactRedriveRule', 'stack-contact'],
    ['CloudEventsRedriveRule', 'stack-cloudevents'],
  ] as const;
  const event = sample('bus-platform-event');

  it('match their samples', async () => {
    expect(await ask(positive)).toEqual(positive.map(() => true));
  });

  it('do not match if a field that the rule needs is missing', async () => {
    expect(await ask(negative)).toEqual(negative.map(() => false));
  });

  it.each([
    ...[
      'aws.partner',
      'aws.partner/salesforce.com/00D/0YL',
      'aws.partner/appflow.salesforce.com/1/f',
    ],
    ...['salesforce-eventbridge', 'salesforce-eventbridge.redrive', 'salesforce-eventbridge-new'],
  ])('match %s as a source only where it is named', async (source) => {
    const isNamed = (rule: string) =>
      rule === 'PartnerEventRule' && source.startsWith('aws.partner');
    const questions = cases.map(({ rule, event }) => ({
      pattern: patternOf(rule),
      event: { ...event, source },
    }));
    expect(await ask(questions)).toEqual(cases.map(({ rule }) => isNamed(rule)));
  });

  it('of no rule match the announcement of a parked message', async () => {
    const ids = Object.keys(resources).filter((id) => patternOf(id) !== undefined);
    expect(ids.length).toBeGreaterThanOrEqual(new Set(cases.map(({ rule }) => rule)).size);
    const event = sample('bus-parked');
    expect(await ask(ids.map((id) => ({ pattern: patternOf(id), event })))).toEqual(
      ids.map(() => false),
    );
  });

  it('match redriven events on the redrive bus only', async () => {
    const ids = Object.keys(resources).filter((id) => patternOf(id) !== undefined);
    const everyRule = redriveRules.map(([, rule]) => rule);
    for (const id of ids) {
      const questions = everyRule.map((rule) => ({
        pattern: patternOf(id),
        event: redriven(rule, event),
      }));
      const isMatching = (await ask(questions)).includes(true);
      expect([id, isMatching]).toEqual([id, propertiesOf(id)['EventBusName'] === 'RedriveBus']);
    }
  });

  it('of CloudEvents match sources of partners and of this stack that are named', async () => {
    const { resources: named } = resolveTemplate(template, {
      ...everything,
      CloudEventsSources: 'aws.partner/shop.example/1,salesforce-eventbridge',
    });
    const pattern = fields(named['CloudEventsRule']?.['Properties'])['EventPattern'];
    const relayed = { ...event, source: 'aws.partner/shop.example/1' };
    const questions = [relayed, sample('bus-parked'), event].map((one) => ({
      pattern,
      event: one,
    }));
    expect(await ask(questions)).toEqual([true, true, false]);
  });

  it('do not match a Contact whose key would address another resource', async () => {
    const customer = sample('bus-customer-registered');
    const keys = ['', '.', '..', 'a/b', 'C-1', 4711];
    const questions = keys.map((customerId) => ({
      pattern: patternOf('ContactRule'),
      event: { ...customer, detail: { ...fields(customer['detail']), customerId } },
    }));
    expect(await ask(questions)).toEqual([false, false, false, true, true, true]);
  });

  it('of connection events do not match other connections and other states', async () => {
    const pattern = patternOf('ConnectionStateRule');
    const others = [
      stateOf('another', 'Connection Deauthorized'),
      stateOf('SalesforceConnection', 'Connection Authorized'),
    ];
    expect(await ask(others.map((event) => ({ pattern, event })))).toEqual([false, false]);
  });

  it('of CloudEvents match only the given sources and detail-types', async () => {
    const { resources: named } = resolveTemplate(template, {
      ...everything,
      CloudEventsSources: 'github.com, com.example.shop',
      CloudEventsDetailTypes: 'issues,Order Placed',
    });
    const pattern = fields(named['CloudEventsRule']?.['Properties'])['EventPattern'];
    const issue = sample('bus-github-issue-opened');
    const events = [issue, { ...issue, source: 'other' }, { ...issue, 'detail-type': 'push' }];
    expect(await ask(events.map((event) => ({ pattern, event })))).toEqual([true, false, false]);
  });

  it('of redrive rules match only events that are redriven for their own rule', async () => {
    const questions = redriveRules.flatMap(([id]) =>
      redriveRules.map(([, rule]) => ({ pattern: patternOf(id), event: redriven(rule, event) })),
    );
    expect(await ask(questions)).toEqual(
      redriveRules.flatMap(([id]) => redriveRules.map(([other]) => id === other)),
    );
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
