import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributesBytes,
  foldAttributes,
  unfoldAttributes,
} from '../../../functions/common/message-attributes.ts';

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, `${index}`]));

const parse = (text: string | undefined) => JSON.parse(text ?? '');

describe('folding attributes', () => {
  it('adds one where there is room', () => {
    expect(foldAttributes({ a: '1' }, { name: 'Redrive', value: { count: 1 } })).toEqual({
      a: '1',
      Redrive: '{"count":1}',
    });
  });

  it('replaces what it set before', () => {
    const before = foldAttributes({ a: '1' }, { name: 'Redrive', value: { count: 1 } });
    const after = foldAttributes(before, { name: 'Redrive', value: { count: 2 } });
    expect(after).toEqual({ a: '1', Redrive: '{"count":2}' });
  });

  it('makes its own place among ten', () => {
    const folded = foldAttributes(many(10), { name: 'Redrive', value: { count: 1 } });
    expect(Object.keys(folded)).toHaveLength(10);
    expect(parse(folded['Redrive'])).toEqual({ count: 1, attributes: { name9: '9' } });
  });

  it('cuts its own message, and nothing else, where the size is short', () => {
    const value = { class: 'c', message: 'ä"'.repeat(1_000) };
    const folded = foldAttributes({ a: 'x'.repeat(500) }, { name: 'Failure', value }, 10, 1_000);
    expect(attributesBytes(folded)).toBeLessThanOrEqual(1_000);
    expect(attributesBytes(folded)).toBeGreaterThan(850);
    expect(parse(folded['Failure']).class).toBe('c');
    expect(value.message.startsWith(parse(folded['Failure']).message)).toBe(true);
    expect(folded['a']).toHaveLength(500);
  });

  it('keeps characters that SQS would replace, and counts what they take', () => {
    const value = { message: 'a\uffffb\ufffe'.repeat(200) };
    const whole = foldAttributes({}, { name: 'Failure', value })['Failure'];
    expect(whole).not.toMatch(/[\ufffe\uffff]/);
    expect(parse(whole)).toEqual(value);
    const cut = foldAttributes({}, { name: 'Failure', value }, 10, 600);
    expect(attributesBytes(cut)).toBeLessThanOrEqual(600);
  });

  it('leaves text that is not its own as it is', () => {
    for (const Failure of ['not JSON', '[1]', '{"attributes":3}', 'null', '{"attributes":[1]}']) {
      expect(unfoldAttributes({ Failure, b: '2' })).toEqual({ Failure, b: '2' });
    }
  });

  const names = fc.stringMatching(/^[a-z]{1,12}$/);
  const attributes = fc.dictionary(names, fc.string(), { maxKeys: 14 });

  it('loses nothing, however often a message is redriven and fails again', () => {
    fc.assert(
      fc.property(attributes, fc.array(fc.constantFrom('Failure', 'Redrive')), (given, own) => {
        let message: Record<string, string> = given;
        for (const name of own) {
          message = foldAttributes(unfoldAttributes(message), { name, value: { message: 'm' } });
          expect(Object.keys(message).length).toBeLessThanOrEqual(10);
        }
        const { Failure, Redrive, ...others } = unfoldAttributes(message);
        if (own.length > 0) expect(others).toEqual(given);
        expect(Failure !== undefined).toBe(own.includes('Failure'));
        expect(Redrive !== undefined).toBe(own.includes('Redrive'));
        for (const text of [Failure, Redrive].filter((one) => one !== undefined))
          expect(parse(text)).toEqual({ message: 'm' });
      }),
    );
  });
});
