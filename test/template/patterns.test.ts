import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths, root } from '../../local/stack/paths.ts';
import { fields, list, resource, template } from './template.ts';

const jars = join(paths.local, 'event-ruler');
const folder = join(root, 'test/template/event-ruler');

interface Question {
  readonly pattern: unknown;
  readonly event: unknown;
}

/** EventBridge's own matcher, from Maven Central; needs Java 17 and Maven. */
function ask(questions: readonly Question[]): boolean[] {
  if (!existsSync(join(jars, 'event-ruler-2.0.1.jar'))) {
    const arguments_ = [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${jars}`,
    ];
    execFileSync('mvn', arguments_, { stdio: 'inherit' });
  }
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const answers = execFileSync('java', ['-cp', join(jars, '*'), join(folder, 'Match.java')], {
    input,
    encoding: 'utf8',
  });
  return answers
    .trim()
    .split('\n')
    .map((answer) => answer === 'true');
}

/** The few intrinsic functions that patterns use. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Sub': sub } = fields(value);
  if (Ref === 'PlatformEventName') return 'Carbon_Estimate__e';
  if (typeof sub === 'string') return sub.replaceAll('${AWS::StackName}', 'stack');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
}

const patternOf = (id: string): unknown => resolve(resource(id).Properties['EventPattern']);

type Event = Readonly<Record<string, unknown>>;
const sample = (name: string): Event =>
  JSON.parse(readFileSync(join(root, 'events', `${name}.json`), 'utf8'));

const without = (event: Event, path: string): Event => {
  const [key = '', ...rest] = path.split('.');
  const { [key]: inner, ...others } = event;
  return rest.length === 0 ? others : { ...others, [key]: without(fields(inner), rest.join('.')) };
};

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
  const relayed = { ...sample('bus-platform-event'), source: 'aws.partner/salesforce.com/00D/0AB' };
  const twins = [
    ['PlatformEventRedriveRule', 'stack-platform-event'],
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

  it("do not send Salesforce's own relayed events back to it", () => {
    expect(ask([{ pattern: patternOf('PlatformEventRule'), event: relayed }])).toEqual([false]);
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
  const lookUp = (event: Event, path: string): unknown =>
    [...path.matchAll(/([^.[\]$]+)|\[(\d+)\]/g)].reduce<unknown>(
      (tree, [, name, index]) =>
        Array.isArray(tree) ? tree[Number(index)] : fields(tree)[name ?? ''],
      event,
    );

  /** EventBridge's rendering ("Amazon EventBridge input transformation"): JSON outside of quotes, plain text within. */
  const render = (id: string, event: Event): string => {
    const [target] = list(resource(id).Properties['Targets']);
    const { InputPathsMap, InputTemplate } = fields(fields(target)['InputTransformer']);
    const text = String(fields(InputTemplate)['Fn::Sub'] ?? InputTemplate).replaceAll(
      '${AWS::StackName}',
      'stack',
    );
    const value = (name: string): unknown => lookUp(event, String(fields(InputPathsMap)[name]));
    return text.replaceAll(/"(?:\\.|[^"\\])*"|<(\w+)>/g, (token, name: string | undefined) =>
      name === undefined
        ? token.replaceAll(/<(\w+)>/g, (_, inner: string) => String(value(inner)))
        : JSON.stringify(value(name)),
    );
  };

  it('make a request of an issue whose title is full of quotes and lines', () => {
    const opened = sample('bus-github-issue-opened');
    const detail = fields(opened['detail']);
    const event = {
      ...opened,
      detail: { ...detail, issue: { ...fields(detail['issue']), title: nasty } },
    };
    expect(JSON.parse(render('GitHubIssueRule', event))).toMatchObject({
      object: 'Case',
      idempotencyKey: `stack-github-issue/${list(opened['resources'])[0]}`,
      payload: { Subject: nasty },
    });
  });

  it('make a request of a message whose text is full of quotes and lines', () => {
    const received = sample('bus-twilio-message-received');
    const event = { ...received, detail: { ...fields(received['detail']), Body: nasty } };
    expect(JSON.parse(render('TwilioMessageRule', event))).toMatchObject({
      payload: { Description: nasty },
    });
  });
});

describe('samples', () => {
  it('exist for every rule of the main bus', () => {
    const rules = Object.keys(template.Resources).filter(
      (id) => id.endsWith('Rule') && !id.endsWith('RedriveRule'),
    );
    expect(cases.map(({ rule }) => rule).sort()).toEqual(rules.sort());
  });
});
