import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../functions/salesforce-apicall/errors.ts';
import { parseMessage, queueRecords } from '../../../functions/salesforce-apicall/message.ts';
import { sqsRecord } from './harness.ts';

const refusalOf = (body: string): string => {
  const { request } = parseMessage(sqsRecord(body));
  return request instanceof RequestError ? request.message : 'taken';
};

describe('the records of an event', () => {
  const record = sqsRecord({});

  it('are those of the queue', () => {
    expect(queueRecords({ Records: [record, record] })).toEqual([record, record]);
    expect(queueRecords({ Records: [] })).toEqual([]);
  });

  it.each([
    { kinesis: { data: 'e30=' }, eventSource: 'aws:kinesis' },
    { Sns: { Message: '{}' }, EventSource: 'aws:sns' },
    { s3: {}, eventSource: 'aws:s3' },
    { body: '{}', attributes: {} },
    { ...sqsRecord({}), attributes: {} },
    { ...sqsRecord({}), messageAttributes: undefined },
    { ...sqsRecord({}), messageAttributes: { Redrive: null } },
    { ...sqsRecord({}), messageId: undefined },
    {},
    null,
    'text',
  ])('of another service are refused, so that none is taken for handled: %j', (other) => {
    for (const Records of [[other], [record, other]])
      expect(() => queueRecords({ Records })).toThrow('must be messages of an SQS queue');
  });

  it.each([{}, null, [], 'text', { Records: {} }, { Records: null }])('are none of %j', (event) =>
    expect(queueRecords(event)).toBeUndefined(),
  );
});

describe('a message that is not JSON', () => {
  it.each([
    '{"object":"Case","payload":{"Subject": , "Origin":"Web"}}',
    '{"object":"Case","payload":{"Origin":"Web","Subject":}}',
    '{"object":"Case","payload":{"Subject" : ]}',
    '{"object":"Case","payload":{"Subject":\n,"Origin":"Web"}}',
  ])('names the key that an input transformer left without a value: %s', (body) => {
    expect(refusalOf(body)).toBe(
      'the request is not JSON, Subject has no value: does the input transformer of the rule name a field that the event lacks?',
    );
  });

  it.each(['secret', 'nothing', 'ünder', "'secret'"])(
    'names the key of a text without quotation marks: %s',
    (text) =>
      expect(refusalOf(`{"a":true,"Subject": ${text}}`)).toBe(
        'the request is not JSON, Subject has a value without quotation marks: are they in the input transformer of the rule?',
      ),
  );

  const rule = '"source":"arn:aws:events:eu-central-1:123456789012:rule/orders/order-to-case"';

  it('names the rule where its input transformer has passed its ARN on', () => {
    expect(refusalOf(`{${rule},"data":{"payload":{"Subject": }}}`)).toBe(
      'the request is not JSON, Subject has no value: does the input transformer of rule orders/order-to-case name a field that the event lacks?',
    );
    expect(refusalOf(`{${rule},"data":{"payload":{"Subject":Web shop}}}`)).toBe(
      'the request is not JSON, Subject has a value without quotation marks: are they in the input transformer of rule orders/order-to-case?',
    );
    expect(refusalOf(`{${rule},"data":[1 2]}`)).toMatch(
      /^the request is not JSON, from character \d+ on: see rule orders\/order-to-case$/,
    );
  });

  it('says where it stops, and quotes nothing of its contents', () => {
    expect(refusalOf('{"a":"secret" "b"}')).toBe('the request is not JSON, from character 15 on');
    for (const body of ['', 'secret', '{"a":"secret'])
      expect(refusalOf(body)).toMatch(/^the request is not JSON(, from character \d+ on)?$/);
  });
});
