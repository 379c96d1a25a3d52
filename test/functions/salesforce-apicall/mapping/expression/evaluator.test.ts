import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../../../functions/common/json.ts';
import { EvaluationTime } from '../../../../../functions/salesforce-apicall/mapping/expression/evaluation-time.ts';
import { toInput } from '../../../../../functions/salesforce-apicall/mapping/expression/values.ts';
import { run, scopeOf, startBatch } from '../harness.ts';

const failureOf = (result: Promise<unknown>) =>
  result.then(
    (value) => Promise.reject(new Error(`gave ${JSON.stringify(value)}`)),
    ({ code, message }: { code: string; message: string }) => ({ code, message }),
  );

const failure = (source: string, event: unknown = {}) => failureOf(run(source, event));

describe('an expression', () => {
  it('sees the event as its root, its variables, and the key', async () => {
    const event = { source: 'shop', detail: { a: { b: 1 } } };
    expect(await run('detail.a.b', event)).toBe(1);
    expect(await run('$.source & $$.source', event)).toBe('shopshop');
    expect(await run('$bug.Id', event, { variables: { bug: { Id: '500' } } })).toBe('500');
    expect(await run('$key()', event)).toBe('event-1');
  });

  it('gives undefined for what is missing, and a scalar for one item', async () => {
    expect(await run('detail.none.at.all', { detail: {} })).toBeUndefined();
    expect(await run('detail.items.sku', { detail: { items: [{ sku: 1 }] } })).toBe(1);
    expect(await run('detail.items.sku[]', { detail: { items: [{ sku: 1 }] } })).toEqual([1]);
    expect(await run('"x" & detail.nothing', { detail: { nothing: null } })).toBe('xnull');
  });

  it('gives copies: neither the event nor another result changes with it', async () => {
    const scope = scopeOf({ detail: { a: [{ b: 1 }] } });
    const evaluate = await startBatch();
    const first = await evaluate({ source: '[detail.a[0], detail.a[0]]', place: '' }, scope);
    Object.assign(Object(first)[0], { b: 2 });
    expect(first).toEqual([{ b: 2 }, { b: 1 }]);
    expect(scope.event).toEqual({ detail: { a: [{ b: 1 }] } });
  });

  it('gives arrays without the properties that JSONata adds', async () => {
    const result = await run('detail.a.b', { detail: { a: [{ b: 1 }, { b: 2 }] } });
    expect(Object.getOwnPropertyNames(result)).toEqual(['0', '1', 'length']);
  });

  it('refuses a number of the event that no number can hold', async () => {
    const failed = run('detail.n', '{"detail": {"n": 1e400}}');
    await expect(failed).rejects.toMatchObject({
      code: 'MAPPING_EXPRESSION',
      place: 'fields.Name',
      message: 'gives a number that is not finite',
    });
  });

  it('names its place, too, if it only selects what is nested too deeply', async () => {
    const deep = `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`;
    await expect(run('detail.a', `{"detail": ${deep}}`)).rejects.toMatchObject({
      code: 'MAPPING_LIMIT',
      place: 'fields.Name',
    });
  });

  it('keeps __proto__ as a field', async () => {
    const result = await run('detail', '{"detail": {"__proto__": {"admin": true}}}');
    expect(Object.keys(Object(result))).toEqual(['__proto__']);
    expect(Object(result).admin).toBeUndefined();
  });

  it.each([
    ['$error("no customer")', 'no customer'],
    ['$lowercase(detail.id)', 'Argument 1 of function "lowercase" does not match'],
    ['$number(detail.secret)', 'Unable to cast value to a number: …'],
    ['detail.id + detail.secret', 'right side of the "+" operator must evaluate to a number'],
    ['$missing(1)', 'Attempted to invoke a non-function (at missing)'],
    ['$uppercase', 'gives a function: call it with ()'],
    ['/a/', 'gives a function'],
    ['{"a": [function($x){$x}]}', 'gives a function'],
    ['1e308 * 10', 'gives a number that is not finite'],
  ])('%s fails and says why, without a word of the event', async (source, message) => {
    const { code, message: said } = await failure(source, { detail: { id: 1, secret: 's3cret' } });
    expect(code).toBe('MAPPING_EXPRESSION');
    expect(said).toContain(message);
    expect(said).not.toContain('s3cret');
  });

  it.each(['$now()', '$millis()', '$random()', '$shuffle([1])', '$uuid()', '$eval("1")'])(
    '%s is refused when it runs, too',
    async (source) => {
      expect((await failure(source)).message).toMatch(/cannot be used in a mapping: /);
    },
  );
});

describe('numbers', () => {
  const digits = '1234567890123456789012345678901234567890';

  it('of any length pass with their digits, in texts too', async () => {
    const event = `{"detail": {"id": ${digits}, "price": 0.1234567890123456, "n": 1234567890123456}}`;
    expect(JSON.stringify(await run('detail', event))).toBe(
      `{"id":${digits},"price":0.1234567890123456,"n":1234567890123456}`,
    );
    expect(await run('$string(detail.id)', event)).toBe(digits);
    expect(await run('"x" & detail.id', event)).toBe(`x${digits}`);
    expect(await run('"x" & detail.price', event)).toBe('x0.1234567890123456');
    expect(await run('$type(detail.id)', event)).toBe('number');
    expect(await run('detail.id = detail.id', event)).toBe(true);
  });

  it.each([
    'detail.id + 1',
    '-detail.id',
    '$sum([detail.id])',
    'detail.id > 1',
    '$floor(detail.id)',
  ])('%s fails for more than 15 digits and names $number', async (source) => {
    const { message } = await failure(source, `{"detail": {"id": ${digits}}}`);
    expect(message).toContain('round it with $number');
  });

  it('are rounded by $number', async () => {
    expect(await run('$number(detail.id) > 1', `{"detail": {"id": ${digits}}}`)).toBe(true);
    expect(await run('$number("0x1f") + $number(true) + $number(" 2"~>$trim)')).toBe(34);
    expect((await failure('$number({})')).message).toContain('needs a text');
  });

  it('have at most 15 digits in texts that arithmetic makes', async () => {
    expect(await run('$string(0.1 + 0.2)')).toBe('0.3');
    expect(await run('"" & (0.1 + 0.2)')).toBe('0.3');
  });

  it('survive toInput and JSON whatever they are', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(30), (whole, places) => {
        const text = `{"n":${whole}${places > 0 ? `.${'7'.repeat(places)}` : ''}}`;
        expect(JSON.stringify(toInput(parseExact(text)))).toBe(text.replace('-0.', '-0.'));
      }),
    );
  });
});

describe('limits', () => {
  const timed = async (source: string, event: unknown, isCut = false) => {
    const startedAt = performance.now();
    const evaluate = await startBatch(isCut ? 'standard' : 'patient');
    const result = evaluate({ source, place: '' }, scopeOf(event));
    const { code, message } = await failureOf(result);
    return { code, message, ms: performance.now() - startedAt };
  };
  const letters = { a: 'a'.repeat(100_000) };

  it.each([
    ['a loop', '($f := function($n) { $f($n + 1) }; $f(0))', 'MAPPING_TIMEOUT'],
    ['a recursion', '($f := function($n) { 1 + $f($n) }; $f(0))', 'MAPPING_LIMIT'],
    ['a range', '[1..1000000]', 'MAPPING_LIMIT'],
    ['a product', '[1..200].([1..200])', 'MAPPING_LIMIT'],
    ['a doubling text', '($f := function($s) { $f($s & $s) }; $f("aaaa"))', 'MAPPING_LIMIT'],
    ['padding', '$pad("x", 60000000)', 'MAPPING_LIMIT'],
    ['padding by a function', '$map([60000000], function($n) { $pad("x", $n) })', 'MAPPING_LIMIT'],
    ['joining', '$join([1..500].($$.a), "")', 'MAPPING_LIMIT'],
    ['replacing', '$replace(a, "a", a)', 'MAPPING_LIMIT'],
    ['replacing by a regular expression', '$replace(a, /a/, a)', 'MAPPING_LIMIT'],
    ['a text of shared texts', '$string([1..500].($$.a))', 'MAPPING_LIMIT'],
    ['a result of shared texts', '[1..500].($$.a)', 'MAPPING_LIMIT'],
    [
      'doubling lists',
      '($f := function($l, $n) { $n = 0 ? $l : $f([[$l, $l]], $n - 1) }; $f([1], 45))',
      'MAPPING_LIMIT',
    ],
    ['many matches, each a scan', '$match(a, /a.*b|a/)', 'MAPPING_TIMEOUT'],
    ['a large regular expression', '$contains(a, /(a|aa|aaa){0,900}$/)', 'MAPPING_LIMIT'],
  ])('stop %s', async (_, source, code) => {
    const result = await timed(source, letters, code === 'MAPPING_TIMEOUT');
    expect(result.code).toBe(code);
    expect(result.ms).toBeLessThan(3_000);
  });

  it('let a regular expression that backtracks in other engines run in linear time', async () => {
    expect(await run('$contains(a, /^(a+)+$/)', { a: `${'a'.repeat(50)}!` })).toBe(false);
  });

  it('sort 10,000 numbers, and no more', async () => {
    const numbers = { n: Array.from({ length: 9_999 }, (_, index) => (index * 7919) % 9_999) };
    expect(await run('$sort(n)', numbers)).toEqual(numbers.n.toSorted((a, b) => a - b));
    expect(await run('$sort(["b", "a", "B"])')).toEqual(['B', 'a', 'b']);
    expect(await run('$sort([3, 1, 2], function($l, $r) { $l < $r })')).toEqual([3, 2, 1]);
    const many = { n: Array.from({ length: 100_000 }, (_, index) => -index) };
    expect((await timed('$sort(n)', many)).code).toBe('MAPPING_LIMIT');
    expect((await failure('$sort([1, "a"])')).message).toContain('list of texts or of numbers');
  });

  it('let a long text of the event pass, but no longer one be made of it', async () => {
    const event = { text: 'ü'.repeat(200_000) };
    expect(await run('text', event)).toBe(event.text);
    expect(await run('$substring(text, 0, 3)', event)).toBe('üüü');
    expect((await failure('text & "!"', event)).code).toBe('MAPPING_LIMIT');
  });

  it('hold one evaluation after another: eight at once have all their time', async () => {
    const evaluate = await startBatch();
    const steps: string[] = [];
    const scope = scopeOf({}, { variables: { log: (step: string) => steps.push(step) } });
    const source = (name: string) => `($log("${name}+"); $phone("+14155550123"); $log("${name}-"))`;
    await Promise.all(
      ['a', 'b', 'c'].map((name) => evaluate({ source: source(name), place: '' }, scope)),
    );
    expect(steps.join('')).toBe('a+a-b+b-c+c-');
  });

  it('end a batch, and a mapping that was cut three times', () => {
    const time = new EvaluationTime();
    time.spend('other', 1, true);
    for (let cut = 0; cut < 3; cut += 1) time.spend('orders', 1, true);
    expect(() => time.require('orders')).toThrow('orders ran into its time limit 3 times');
    time.require('other');
    time.spend('other', 5_000, false);
    expect(() => time.require('other')).toThrow('5000 ms');
  });

  it('count a mapping that was cut, in its batch only', async () => {
    const evaluate = await startBatch('standard');
    const scope = scopeOf({});
    const loop = { source: '($f := function($n) { $f($n + 1) }; $f(0))', place: '' };
    for (let cut = 0; cut < 3; cut += 1)
      await expect(evaluate(loop, scope)).rejects.toMatchObject({ code: 'MAPPING_TIMEOUT' });
    const simple = { source: '1', place: '' };
    await expect(evaluate(simple, scope)).rejects.toThrow('3 times in this batch');
    expect(await evaluate(simple, { ...scope, mapping: 'other' })).toBe(1);
    expect(await (await startBatch())(simple, scope)).toBe(1);
  });
});

describe('texts of an event', () => {
  it('arrive as they are, whatever they contain', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom("' OR Id != null --", '@{ref.id}', '{% $eval("1") %}', '\u2028\u{1f600}'),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        expect(
          await run('{"t": detail.t, "u": "<" & detail.t & ">"}', { detail: { t: text } }),
        ).toEqual({ t: text, u: `<${text}>` });
      }),
      { numRuns: 30 },
    );
  });
});
