import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import {
  requireRequestType,
  toIncomingRequest,
} from '../../../../functions/salesforce-apicall/request/parse.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

const base = { action: 'GET', resource: 'sobjects' };

describe('incoming requests', () => {
  const origin = { id: 'message-1', source: 'arn:queue' };
  const type = 'io.triggermesh.salesforce.apicall';
  const cloudEvent = {
    specversion: '1.0',
    id: 'ce-1',
    source: 'orders',
    type,
    statefulbridge: 'b',
    statefulid: 's',
    data: base,
  };

  it.each([
    [
      'an EventBridge event',
      { id: 'eb-1', source: 'shop', 'detail-type': type, detail: base },
      'eb-1',
      'eb-1',
      'shop',
    ],
    [
      'an EventBridge event with a CloudEvent inside',
      { id: 'eb-1', source: 'shop', 'detail-type': type, detail: cloudEvent },
      ['orders', 'ce-1'],
      'ce-1',
      'orders',
    ],
    ['a structured CloudEvent', cloudEvent, ['orders', 'ce-1'], 'ce-1', 'orders'],
    [
      'a structured CloudEvent with its data in base64',
      { ...cloudEvent, data: undefined, data_base64: btoa(JSON.stringify(base)) },
      ['orders', 'ce-1'],
      'ce-1',
      'orders',
    ],
    ['a bare request', base, 'message-1', 'message-1', 'arn:queue'],
    ['a bare request with a key', { ...base, idempotencyKey: 'k' }, 'k', 'k', 'arn:queue'],
  ])('%s', (_form, value, eventKey, id, source) => {
    const incoming = toIncomingRequest(value, origin);
    expect(incoming).toMatchObject({ eventKey, context: { id, source, type } });
    expect(parseRequest(incoming.data).resource).toBe('sobjects');
    expect(() => requireRequestType(incoming)).not.toThrow();
  });

  it('keep the attributes of a TriggerMesh bridge', () => {
    expect(toIncomingRequest(cloudEvent, origin).context).toMatchObject({
      statefulbridge: 'b',
      statefulid: 's',
    });
  });

  it('of another type are named as such', () => {
    const incoming = toIncomingRequest({ ...cloudEvent, type: 'my-curl-type' }, origin);
    expect(() => requireRequestType(incoming)).toThrow(
      'event type "my-curl-type" is not supported',
    );
  });

  it.each([1, null, [], 'text'])('%j is no request', (value) => {
    expect(() => toIncomingRequest(value, origin)).toThrow(RequestError);
  });
});
