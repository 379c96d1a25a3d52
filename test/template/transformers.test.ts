import { describe, expect, it } from 'vitest';
import { lookUp, render } from './eventbridge.ts';
import { type Event, propertiesOf, redriven, sample } from './samples.ts';
import { fields, list } from './template.ts';

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
