import { changed, improved, kept, type Row } from './rows.ts';
import { type Behaviour, dispositionOf, replyTo, sentUnder, TYPE, triesAfter } from './scene.ts';

const only =
  (...names: readonly string[]) =>
  (reply: Behaviour): Behaviour =>
    Object.fromEntries(names.map((name) => [name, reply[name]]));

const dataOf = (reply: Behaviour): Behaviour => ({ data: reply['data'] });
const codeOf = ({ category, data }: Behaviour): Behaviour => ({
  category,
  code: Object(data).code,
});

const record = '{"attributes":{"type":"Account"},"Name":"test"}';
const missing = '[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]';
const notFound = { status: 404, body: missing };
const bridge = { statefulbridge: 'orders', statefulid: 'order-1' };
const stateful = only('statefulbridge', 'statefulid');
const processed = only('processedid', 'processedsource', 'processedtype');

export const replyRows: readonly Row[] = [
  kept(
    'the type, source and content type of a reply',
    replyTo({}, only('type', 'source', 'datacontenttype', 'specversion', 'subject')),
    {
      type: 'io.triggermesh.salesforce.apicall.response',
      source: 'salesforcetarget',
      datacontenttype: 'application/json',
      specversion: '1.0',
      subject: undefined,
    },
  ),
  kept('the type of an error', replyTo(notFound, only('type')), {
    type: 'io.triggermesh.salesforce.apicall.response',
  }),
  kept(
    'a unique id for each reply',
    replyTo({}, ({ id }) => ({ isUuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}$/.test(`${id}`) })),
    { isUuid: true },
  ),
  kept('the category of a success', replyTo({}, only('category')), { category: 'success' }),
  kept('the category of an error', replyTo(notFound, only('category')), { category: 'error' }),
  kept('the data of a success', replyTo({ body: record }, dataOf), { data: JSON.parse(record) }),
  kept('not modified (304)', replyTo({ status: 304, body: '' }, only('category')), {
    category: 'success',
  }),
  kept('a status of 400 or more', replyTo(notFound, codeOf), {
    category: 'error',
    code: 'adapter-process',
  }),
  kept('a truncated response', replyTo({ isCutOff: true }, codeOf), {
    category: 'error',
    code: 'response-parsing',
  }),
  improved(
    'a response that is not JSON',
    replyTo({ body: '<html>', type: 'text/html' }, codeOf),
    { category: 'success', code: undefined },
    { category: 'error', code: 'response-parsing' },
  ),
  improved(
    'no content (204)',
    replyTo({ status: 204, body: '' }, dataOf),
    { data: undefined },
    { data: {} },
  ),
  improved(
    'several records for one external id (300)',
    replyTo({ status: 300, body: '["/services/data/v68.0/sobjects/Account/1"]' }, codeOf),
    { category: 'success', code: undefined },
    { category: 'error', code: 'adapter-process' },
  ),
  changed(
    'the data of an error',
    replyTo(notFound, dataOf),
    {
      data: {
        Code: 'adapter-process',
        Description: 'received HTTP code 404',
        Details: { body: missing },
      },
    },
    {
      data: {
        code: 'adapter-process',
        description: 'The requested resource does not exist',
        details: {
          status: 404,
          errorCode: 'NOT_FOUND',
          retryable: false,
          errors: JSON.parse(missing),
        },
      },
    },
  ),
  improved(
    'structured mode',
    replyTo({ body: '{"a":1}' }, only('data', 'data_base64')),
    { data: undefined, data_base64: 'eyJhIjoxfQ==' },
    { data: { a: 1 }, data_base64: undefined },
  ),
  improved(
    'which request a reply answers',
    replyTo({}, processed),
    { processedid: undefined, processedsource: undefined, processedtype: undefined },
    { processedid: '1', processedsource: 'shop', processedtype: TYPE },
  ),
  improved(
    "a bridge's attributes",
    replyTo({}, stateful, bridge),
    { statefulbridge: undefined, statefulid: undefined },
    bridge,
  ),
  changed(
    'bridge attributes that the request lacks',
    replyTo({}, stateful),
    { statefulbridge: 'EVENTS_BRIDGE_IDENTIFIER', statefulid: 'a new UUID' },
    { statefulbridge: undefined, statefulid: undefined },
  ),
  kept('reply policy always, a success', sentUnder('always', 200), { sent: true }),
  kept('reply policy error, an error', sentUnder('error', 400), { sent: true }),
  improved(
    'reply policy error, a success',
    sentUnder('error', 200),
    { sent: true },
    { sent: false },
  ),
  improved(
    'reply policy errors, a success',
    sentUnder('errors', 200),
    { sent: true },
    { sent: false },
  ),
  improved('reply policy never', sentUnder('never', 400), { sent: true }, { sent: false }),
  kept('an expired session (401)', triesAfter(401), { logins: 2, tries: 2 }),
  improved('refused (403)', triesAfter(403), { logins: 2, tries: 2 }, { logins: 1, tries: 1 }),
  improved(
    'Salesforce is unavailable (503)',
    dispositionOf(503, 'SERVER_UNAVAILABLE'),
    { becomes: 'done' },
    { becomes: 'retry' },
  ),
  improved(
    'a locked row (400)',
    dispositionOf(400, 'UNABLE_TO_LOCK_ROW'),
    { becomes: 'done' },
    { becomes: 'retry' },
  ),
  improved(
    'the daily limit is reached (403)',
    dispositionOf(403, 'REQUEST_LIMIT_EXCEEDED'),
    { becomes: 'done' },
    { becomes: 'retry' },
  ),
  improved(
    'data that Salesforce rejects (400)',
    dispositionOf(400, 'REQUIRED_FIELD_MISSING'),
    { becomes: 'done' },
    { becomes: 'dead-letter' },
  ),
];
