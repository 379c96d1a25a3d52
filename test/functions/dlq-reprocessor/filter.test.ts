import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import {
  type Candidate,
  type Filter,
  filterSchema,
  matches,
  valueAt,
} from '../../../functions/dlq-reprocessor/filter.ts';

const now = new Date('2026-11-25T12:00:00Z');
const history = { redrives: 0 };
const request: Envelope = {
  kind: 'request',
  failure: undefined,
  body: '',
  content: { object: 'Case', payload: { Subject: 'x' } },
  history,
};
const candidate = (change: Partial<Candidate> = {}): Candidate => ({
  messageId: 'm-1',
  body: '{"object":"Case","deep":{"list":[{"id":7}]},"none":null,"yes":true}',
  since: new Date(now.getTime() - 60_000),
  envelope: request,
  facts: { failureClass: 'retry-soon', errorCode: 'UNABLE_TO_LOCK_ROW', object: 'Case' },
  reason: 'another try may help',
  ...change,
});
const holds = (filter: Filter, change?: Partial<Candidate>): boolean =>
  matches(filter, candidate(change), now);

describe('a filter', () => {
  it.each<[Filter, boolean]>([
    [{}, true],
    [{ reason: 'RETRY-soon' }, true],
    [{ reason: 'Another try may help' }, true],
    [{ reason: 'PERMANENT' }, false],
    [{ errorCode: 'unable_to_lock_row' }, true],
    [{ errorCode: 'UNABLE_TO_LOCK' }, false],
    [{ object: 'case' }, true],
    [{ object: 'Contact' }, false],
    [{ id: ['m-0', 'm-1'] }, true],
    [{ id: ['m-0', 'm-11'] }, false],
    [{ olderThanSeconds: 60 }, true],
    [{ olderThanSeconds: 61 }, false],
    [{ newerThanSeconds: 60 }, true],
    [{ newerThanSeconds: 59 }, false],
    [{ olderThanSeconds: 30, newerThanSeconds: 90 }, true],
    [{ path: {} }, true],
    [{ path: { '$.object': 'Case' } }, true],
    [{ path: { '$.object': 'case' } }, false],
    [{ path: { '$.deep.list[0].id': 7 } }, true],
    [{ path: { '$.deep.list[0].id': '7' } }, false],
    [{ path: { '$.none': null } }, true],
    [{ path: { '$.yes': true } }, true],
    [{ path: { '$.object': 'Case', '$.yes': false } }, false],
    [{ object: 'Case', errorCode: 'OTHER' }, false],
  ])('%j matches a locked Case of a minute ago: %s', (filter, expected) =>
    expect(holds(filter)).toBe(expected),
  );

  it.each<[Filter]>([[{ reason: 'retry-soon' }], [{ errorCode: 'E' }], [{ object: 'Case' }]])(
    '%j does not match a message without that field',
    (filter) => expect(holds(filter, { facts: {} })).toBe(false),
  );

  it('treats a date in the future as now', () => {
    const since = new Date(now.getTime() + 5_000);
    expect(holds({ olderThanSeconds: 0 }, { since })).toBe(true);
    expect(holds({ newerThanSeconds: 0 }, { since })).toBe(true);
  });

  it('matches only if each of its parts does', () => {
    const part = fc.constantFrom<Filter>(
      { reason: 'retry-soon' },
      { errorCode: 'OTHER' },
      { object: 'Case' },
      { id: ['m-2'] },
      { newerThanSeconds: 59 },
      { path: { '$.yes': true } },
      { path: { '$.yes': false } },
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const unlike = [...new Map(parts.map((one) => [Object.keys(one).join(), one])).values()];
        const whole: Filter = Object.assign({}, ...unlike);
        expect(holds(whole)).toBe(unlike.every((one) => holds(one)));
      }),
    );
  });
});

describe('a path of a filter', () => {
  const inner = { '$.detail.n': 1 };
  const rule: Envelope = {
    kind: 'rule',
    ruleArn: '',
    targetArn: '',
    errorCode: '',
    errorMessage: '',
    retries: 0,
    exhausted: undefined,
    event: '',
    content: { detail: { n: 1 } },
    history,
  };
  const entry: Envelope = {
    kind: 'entry',
    entry: {
      EventBusName: 'b',
      Source: 's',
      DetailType: 't',
      Detail: '{"n":1}',
      Resources: [],
      Time: '',
    },
    failure: { class: 'publish-failed', errorCode: '', message: '', attempts: 0 },
    history,
  };
  const spilled = '{"Source":"s","Detail":"{\\"n\\":1}"}';

  it('is looked up in the message and in the event or request inside it', () => {
    const wrapped = { body: '{"detail":{"event":1}}', envelope: rule };
    expect(holds({ path: inner }, wrapped)).toBe(true);
    expect(holds({ path: { '$.detail.event': 1 } }, wrapped)).toBe(true);
    expect(holds({ path: { ...inner, '$.detail.event': 1 } }, wrapped)).toBe(true);
    expect(holds({ path: { '$.payload.Subject': 'x' } })).toBe(true);
  });

  it('leads into the detail of an entry, as text and as JSON', () => {
    const change = { body: spilled, envelope: entry };
    expect(holds({ path: { '$.Detail': '{"n":1}' } }, change)).toBe(true);
    expect(holds({ path: { '$.Detail.n': 1, '$.Source': 's' } }, change)).toBe(true);
    expect(holds({ path: { '$.Detail.n': 2 } }, change)).toBe(false);
  });

  it('leads into the body alone of an unknown shape, and nowhere in a body that is not JSON', () => {
    const unknown: Envelope = { kind: 'unknown', why: 'unknown', history };
    const bodies = ['{"detail":{"n":1}}', '[1]', 'not JSON'];
    expect(bodies.map((body) => holds({ path: inner }, { body, envelope: unknown }))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['$.a', 1],
    ['$.b[1].c', 'd'],
    ['$.b[10]', 'eleventh'],
    ['$.b[1][0]', undefined],
    ['$.b.length', 11],
    ['$.two words', 2],
    ['$.a.b', undefined],
    ['$.none.b', undefined],
    ['$.b[11]', undefined],
    ['$.toString', undefined],
    ['$.text.length', undefined],
    ['$.text[0]', undefined],
    ['$.constructor.name', undefined],
    ['$.b[11].c', undefined],
  ])('%s leads to %j', (path, value) => {
    const b = [0, { c: 'd' }, 2, 3, 4, 5, 6, 7, 8, 9, 'eleventh'];
    const tree = { a: 1, b, none: null, 'two words': 2, text: 'abc' };
    expect(valueAt(tree, path)).toBe(value);
  });

  it('never throws, wherever it leads', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, path) => {
        expect(() => valueAt(JSON.parse(json), path)).not.toThrow();
      }),
    );
  });
});

describe('the schema of a filter', () => {
  const problemOf = (filter: unknown): string | undefined =>
    filterSchema.safeParse(filter).error?.issues[0]?.message;
  const taken = (filter: unknown): boolean => filterSchema.safeParse(filter).success;

  it.each([
    { reason: 'permanent' },
    { reason: 'Retry-Soon' },
    { reason: 'publish-failed' },
    { errorCode: 'E' },
    { errorCode: 'E'.repeat(255) },
    { object: 'O'.repeat(255) },
    { olderThanSeconds: 0, newerThanSeconds: 0 },
    { path: { '$.a': 'x', '$.b': 1, '$.c': false, '$.d': null } },
    { path: { '$[0]': 1, '$[10].b[2][3]': 1, '$.detail-type': 'x', '$.two words': 'x' } },
    { id: ['m'] },
    { id: ['A_b-9'.repeat(20)] },
    { id: Array.from({ length: 100 }, String) },
    { key: 'parked/' },
  ])('accepts %j', (filter) => expect(taken(filter)).toBe(true));

  it.each([
    { reason: '' },
    { reason: 'PERMANENT ' },
    { errorCode: '' },
    { errorCode: 'E'.repeat(256) },
    { object: '' },
    { object: 'O'.repeat(256) },
    { olderThanSeconds: 1.5 },
    { newerThanSeconds: -1 },
    { newerThanSeconds: '1' },
    { path: { '$.a': [] } },
    { path: { $: 1 } },
    { path: { '$.a.': 1 } },
    { path: { '$..a': 1 } },
    { path: { '$.a]': 1 } },
    { path: { '$[]': 1 } },
    { path: { '$[a]': 1 } },
    { path: { '$.a ': 1, 'x$.a': 1 } },
    { path: { '$.a[0]x': 1 } },
    { path: { '$.a': 1, b: 1 } },
    { id: [] },
    { id: [''] },
    { id: ['a'.repeat(101)] },
    { id: ['a b'] },
    { id: ['a\n'] },
    { id: [1] },
    { id: Array.from({ length: 101 }, String) },
    { key: 'arked/' },
    { key: 'x/parked/' },
    { other: 1 },
  ])('rejects %j', (filter) => expect(taken(filter)).toBe(false));

  it('names the valid values', () => {
    expect(problemOf({ reason: 'x' })).toMatch(
      /^must be one of PERMANENT, OUTCOME_UNKNOWN, .*, BY_COMMAND, retry-soon, .*, publish-failed \(in any case\)$/,
    );
    expect(problemOf({ path: { a: 1 } })).toBe('keys must be paths such as $.detail.items[0].id');
    expect(problemOf({ id: [' '] })).toBe('must be the MessageId of an SQS message');
  });
});
