import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../../functions/common/json.ts';
import { parseHttp } from '../../../functions/salesforce-apicall/request/http.ts';
import { urlEvent } from '../harness.ts';
import { sqsRecord } from './harness.ts';
import { attributes, base, bodies, event, HUGE, texts } from './hostile-messages.ts';
import { createScene } from './scene.ts';

describe('a batch in which every message is broken in another way', () => {
  const hostile = [
    ...bodies.map((body) => ({ body, redrive: undefined })),
    ...attributes.map((redrive) => ({ body: JSON.stringify(base), redrive })),
  ];
  const records = hostile.map(({ body, redrive }, index) =>
    sqsRecord(body, {
      messageId: `hostile-${index}`,
      messageAttributes:
        redrive === undefined ? {} : { Redrive: { dataType: 'String', stringValue: redrive } },
    }),
  );
  const good = (messageId: string) =>
    sqsRecord({ ...base, payload: { LastName: messageId } }, { messageId });

  const deliver = async (batch: typeof records) => {
    const scene = createScene({ config: { allowedResources: undefined } });
    const left = await scene.run(batch);
    return { ...scene, left };
  };

  it('settles each message, once, and the good ones succeed', async () => {
    expect(hostile.length).toBeGreaterThan(1_000);
    for (let from = 0; from < records.length; from += 500) {
      const batch = [good('first'), ...records.slice(from, from + 500), good('last')];
      const { deadLetters, left, replies, calls } = await deliver(batch);
      const succeeded = replies().filter(({ category }) => category === 'success');
      expect(succeeded.length + deadLetters.length + left.length).toBe(batch.length);
      expect(replies().length).toBe(batch.length - left.length);
      const sent = calls.map(({ body = '' }) => body).join();
      for (const name of ['first', 'last'])
        expect(sent.split(`"LastName":"${name}"`)).toHaveLength(2);
      // Nothing that was hidden in a key, or written twice, has changed what is called.
      expect(calls.filter(({ method }) => method === 'DELETE')).toEqual([]);
    }
  });
});

describe('a request that is answered at once', () => {
  const scene = createScene({ config: { allowedResources: undefined } });
  const binary = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'e1',
    'ce-source': '/shop',
    'ce-type': 'io.triggermesh.salesforce.apicall',
  };
  const headerValues = [
    '',
    ' ',
    '%',
    '%00',
    '%ff',
    '"',
    '"\\',
    '__proto__',
    HUGE,
    'x'.repeat(9_000),
  ];
  const headerNames = [
    'ce-__proto__',
    'ce-constructor',
    'ce-',
    'ce-data',
    'ce-data_base64',
    `ce-${'x'.repeat(9_000)}`,
  ];
  const headers = [
    {},
    { 'content-type': 'application/cloudevents+json' },
    { 'content-type': `application/cloudevents${'+'.repeat(9_000)}` },
    binary,
    ...Object.keys(binary).flatMap((name) =>
      headerValues.map((value) => ({ ...binary, [name]: value })),
    ),
    ...headerNames.map((name) => ({ ...binary, [name]: 'x' })),
  ];

  it('by HTTP has a reply, whatever its headers and its body are', async () => {
    for (const [index, one] of headers.entries())
      for (const body of [JSON.stringify(base), bodies[index] ?? '', undefined]) {
        const request = urlEvent({ headers: one, ...(body === undefined ? {} : { body }) });
        const reply = await scene.send(() => parseHttp(request));
        expect(['success', 'error']).toContain(reply.category);
      }
  });

  it('by invocation has a reply, whatever it is', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    const parsed = texts.map((text): unknown => parseJsonObject(text) ?? text);
    for (const value of [...parsed, deep, { ...base, payload: deep }, { ...event, data: deep }]) {
      const reply = await scene.send(() => value);
      expect(['success', 'error']).toContain(reply.category);
    }
  });
});
