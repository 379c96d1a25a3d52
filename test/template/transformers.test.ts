import { describe, expect, it } from 'vitest';
import { lookUp, render } from './eventbridge.ts';
import { type Event, propertiesOf, redriven, sample } from './samples.ts';
import { fields, list } from './template.ts';

describe('input transformers', () => {
  const nasty = 'a "quoted" \\ text\nwith <title> and ☎';
  const transformed = (id: string, event: Event): unknown => {
    const [target] = list(propertiesOf(id)['Targets']);
    return JSON.parse(render(fields(target)['InputTransformer'], event));
  };

  it.each([
    'bus-github-issue-opened',
    'bus-twilio-message-received',
    'bus-platform-event',
    'partner-event-relay',
  ])('create a CloudEvent with every required attribute from %s', (name) => {
    const event: Event = { ...sample(name), detail: { text: nasty } };
    expect(transformed('CloudEventsRule', event)).toEqual({
      specversion: '1.0',
      id: event['id'],
      source: event['source'],
      type: event['detail-type'],
      time: event['time'],
      datacontenttype: 'application/json',
      data: { text: nasty },
    });
  });

  it.each(['CloudEventsRule', 'ContactRule'])(
    'create the same from the redriven event as %s from the event',
    (id) => {
      const event = sample('bus-customer-registered');
      const [target] = list(propertiesOf(id)['Targets']);
      const [redriveTarget] = list(propertiesOf(id.replace('Rule', 'RedriveRule'))['Targets']);
      const wrapped = redriven('any', event);
      const body = (one: unknown, from: Event): unknown => {
        const { InputPath, InputTransformer } = fields(one);
        return InputPath === undefined ? render(InputTransformer, from) : lookUp(from, InputPath);
      };
      const path = (one: unknown, from: Event): unknown =>
        list(fields(fields(one)['HttpParameters'])['PathParameterValues']).map((value) =>
          lookUp(from, value),
        );
      expect([body(redriveTarget, wrapped), path(redriveTarget, wrapped)]).toEqual([
        body(target, event),
        path(target, event),
      ]);
    },
  );
});
