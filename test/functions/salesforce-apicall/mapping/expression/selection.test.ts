import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectionOf } from '../../../../../functions/salesforce-apicall/mapping/expression/selection.ts';
import { run } from '../harness.ts';

const NAMES = ['a', 'b', 'c', '__proto__', 'constructor', 'length', 'rawJSON'];

/** JSON texts: `JSON.parse` alone makes own properties of `__proto__`. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom('null', 'true', '0', '""', '"text"', '12345678901234567890', '[]', '{}'),
    fc.array(tie('json'), { maxLength: 2 }).map((items) => `[${items.join()}]`),
    fc
      .dictionary(fc.constantFrom(...NAMES), tie('json'), { maxKeys: 3, noNullPrototype: true })
      .map((fields) => {
        const entries = Object.entries(fields).map(([name, text]) => `"${name}":${text}`);
        return `{${entries.join()}}`;
      }),
  ),
}));

const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 });

/** What JSONata itself gives: an expression in parentheses is not one that only selects. */
const slowly = (source: string, ...rest: [unknown, object?]) => run(`(${source})`, ...rest);

describe('an expression that only selects', () => {
  it('gives what JSONata gives for it, of the event', async () => {
    await fc.assert(
      fc.asyncProperty(json, path, async (text, names) => {
        const event = `{"a":${text},"b":{"c":${text}}}`;
        const source = names.join('.');
        expect(await run(source, event)).toEqual(await slowly(source, event));
      }),
      { numRuns: 500 },
    );
  });

  it('gives what JSONata gives for it, of a variable', async () => {
    await fc.assert(
      fc.asyncProperty(json, path, async (text, names) => {
        const variables = { a: JSON.parse(text), b: { c: JSON.parse(text) } };
        const source = `$${names.join('.')}`;
        const expected = await slowly(source, {}, { variables }).catch((error) => error.message);
        expect(await run(source, {}, { variables }).catch((error) => error.message)).toEqual(
          expected,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('gives a copy', async () => {
    const found = { Id: '003', Account: { Name: 'A' } };
    const given = await run('$found', {}, { variables: { found } });
    expect(given).toEqual(found);
    expect(Object(given).Account).not.toBe(found.Account);
  });

  it.each([
    'true',
    'null',
    'a.and',
    'a.in.b',
    '$',
    '$$.a',
    '$$',
    'a[0]',
    'a.b[]',
    '"a"',
    '`a`',
    'a.*',
    '$f()',
    'a.$b',
    '',
    'a.',
  ])('is not %s', (source) => expect(selectionOf(source)).toBeUndefined());

  it('may have blanks around it', () =>
    expect(selectionOf(' detail.id ')).toEqual({ isVariable: false, names: ['detail', 'id'] }));
});
