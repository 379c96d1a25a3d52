import { describe, expect, it } from 'vitest';
import { patternsIn, weakness } from '../../checks/redos.ts';

describe('the check of regular expressions', () => {
  it.each([
    ['(a+)+$', 'exponential'],
    ['0+$', '2nd degree polynomial'],
    ['^[^;]+\\/(?:[^;]+\\+)?json\\s*$', 'polynomial'],
    ['([^/]*?)(?:\\.json)?$', '2nd degree polynomial'],
  ])('finds /%s/ to be %s', (source, complexity) =>
    expect(weakness({ source, flags: '' })).toContain(complexity),
  );

  it.each(['^[a-z0-9._:-]{1,64}$', '^"((?:[^"\\\\]|\\\\.)*)"$', '^https:\\/\\/[^/?#]*'])(
    'accepts /%s/',
    (source) => expect(weakness({ source, flags: '' })).toBeUndefined(),
  );

  it('reads literals wherever they stand in TypeScript', async () => {
    const code = 'const a: RegExp = /a+/u; export const f = (x: string) => x.replace(/b/g, "");';
    expect(await patternsIn('x.ts', code)).toEqual([
      { source: 'a+', flags: 'u' },
      { source: 'b', flags: 'g' },
    ]);
  });

  it.each(['new RegExp(text)', 'RegExp(`^${text}`)'])('refuses %s', async (expression) => {
    await expect(
      patternsIn('x.ts', `export const f = (text: string) => ${expression};`),
    ).rejects.toThrow('is not a literal');
  });
});
