import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indentJson } from '../../../../cli/dlq/print/text.ts';

describe('indentJson', () => {
  it('indents as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = JSON.stringify(value);
        expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), undefined, 2));
      }),
    );
  });

  it.each([
    [
      '{ "n" : 1.0e2,"n":12345678901234567890 }',
      '{\n  "n": 1.0e2,\n  "n": 12345678901234567890\n}',
    ],
    ['{"a":[ ],"b":{\n}}', '{\n  "a": [],\n  "b": {}\n}'],
    ['{"a":', '{"a":'],
    ['plain', 'plain'],
    ['', ''],
  ])('keeps every token: %s', (text, expected) => expect(indentJson(text)).toBe(expected));

  it('leaves what is nested deeply as it is', () => {
    const deep = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`;
    expect(indentJson(deep)).toBe(deep);
  });
});
