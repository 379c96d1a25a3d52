export const HUGE = '1234567890123456789012345678901234567890';
export const base = {
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName: 'N' },
};
export const event = {
  specversion: '1.0',
  id: 'e1',
  source: '/shop',
  type: 'io.triggermesh.salesforce.apicall',
  datacontenttype: 'application/json',
  time: '2026-11-27T12:00:00Z',
  statefulbridge: 'b1',
  statefulid: 's1',
  data: base,
};
const busEvent = {
  id: 'b1',
  source: 'shop',
  'detail-type': 'io.triggermesh.salesforce.apicall',
  detail: base,
};
const composite = {
  action: 'POST',
  resource: 'composite',
  payload: {
    compositeRequest: [
      { method: 'POST', url: '/services/data/v68.0/sobjects/Contact', referenceId: 'a', body: {} },
    ],
  },
};
const collection = {
  action: 'POST',
  resource: 'composite',
  object: 'sobjects',
  payload: { records: [{ attributes: { type: 'Contact' }, LastName: 'N' }] },
};
const full = {
  ...base,
  query: { a: 'b' },
  headers: { 'Sforce-Auto-Assign': 'false' },
  idempotencyKey: 'k',
  priority: 'low',
  fit: { LastName: 80 },
};

/** JSON texts that no field expects, and that JavaScript reads in surprising ways. */
const values = [
  HUGE,
  `-${HUGE}`,
  `0.${HUGE}`,
  '1e308',
  '1e309',
  '1e-400',
  '-0',
  '0',
  'true',
  'null',
  '""',
  '[]',
  '{}',
  '[null]',
  `[${HUGE}]`,
  '{"__proto__":{"action":"DELETE"}}',
  '{"constructor":{"prototype":{"action":"DELETE"}}}',
  '{"toString":null,"valueOf":1,"then":1,"toJSON":1,"length":1e9}',
  '{"rawJSON":"1"}',
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  JSON.stringify('x'.repeat(20_000)),
  JSON.stringify('a/'.repeat(2_000)),
];

/** Every object with one of its values replaced, at any depth, as JSON text. */
function* replaced(value: unknown, by: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    const others = Object.entries(value).filter(([name]) => name !== key);
    const rest = others.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`);
    const close = (text: string) =>
      Array.isArray(value)
        ? `[${text}]`
        : `{${[...rest, `${JSON.stringify(key)}:${text}`].join()}}`;
    yield close(by);
    for (const inner of replaced(field, by)) yield close(inner);
  }
}

/** Every object with a key added, at any depth, as JSON text. */
function* extended(value: unknown, member: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const text = JSON.stringify(value);
  if (!Array.isArray(value)) yield `{${member}${text === '{}' ? '' : ','}${text.slice(1)}`;
  for (const [key, field] of Object.entries(value))
    for (const inner of extended(field, member))
      yield text.replace(
        `${JSON.stringify(key)}:${JSON.stringify(field)}`,
        `${JSON.stringify(key)}:${inner}`,
      );
}

const shapes = [full, { ...busEvent, detail: event }, composite, collection];

const members = [
  '"__proto__":{"action":"DELETE"}',
  '"__proto__":null',
  '"constructor":{"prototype":{}}',
  '"hasOwnProperty":1',
  '"toJSON":{}',
  `"${'x'.repeat(5_000)}":1`,
  '"":""',
  '"\\ud800":1',
  '"action":"DELETE"',
  '"id":"twice"',
];

export const texts = [
  '',
  ' ',
  'null',
  'true',
  '5',
  HUGE,
  '"text"',
  '[]',
  '[{}]',
  '{}',
  '{',
  '{"a":1}trailing',
  '\ufeff{}',
  '<html>',
  '\u0000',
  '{"specversion":"1.0"}',
  '{"specversion":null}',
  '{"detail-type":1}',
  '{"detail-type":"x","detail":null}',
  '{"detail":{"specversion":"1.0"},"detail-type":"x"}',
  // A Kinesis record, and events of other services.
  '{"kinesis":{"data":"e30="},"eventSource":"aws:kinesis"}',
  '{"Records":[{"s3":{}}]}',
  `${'['.repeat(100_000)}`,
  // What takes quadratic time where a regular expression is careless.
  JSON.stringify({ ...event, datacontenttype: '/+'.repeat(65_000) }),
  JSON.stringify({ ...event, time: `${'2'.repeat(100_000)}Z` }),
  JSON.stringify({ ...base, record: `Ext__c/${'.'.repeat(1_000)}` }),
  JSON.stringify({ ...base, payload: { a: 0 } }).replace(':0', `:1${'0'.repeat(40_000)}`),
  JSON.stringify({ ...base, payload: { a: 0 } }).replace(':0', `:0.${'0'.repeat(40_000)}1`),
  `{"action":"POST",${'"a" : '.repeat(20_000)}`,
  `{"action":"POST",${'"'.repeat(100_000)}`,
  `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`,
  `{"action":"POST","resource":"sobjects","object":"Contact","payload":${'{"a":'.repeat(99)}1${'}'.repeat(99)}}`,
];

export const attributes = [
  '',
  'null',
  '[]',
  '5',
  HUGE,
  '{"callSize":0}',
  '{"callSize":1e308}',
  `{"callSize":${HUGE}}`,
  '{"callSize":"1"}',
  '{"firstAt":"yesterday","messageId":5,"attemptsOf":{}}',
  '{"firstAt":"+275760-09-13T00:00:00.001Z"}',
  `{"messageId":"${'x'.repeat(3_000)}"}`,
  '{"__proto__":{"callSize":1},"attributes":5}',
  '{"attributes":{"__proto__":"x"}}',
];

export const bodies = [
  ...texts,
  ...shapes.flatMap((shape) => values.flatMap((value) => [...replaced(shape, value)])),
  ...shapes.flatMap((shape) => members.flatMap((member) => [...extended(shape, member)])),
];
