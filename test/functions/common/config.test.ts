import { describe, expect, it } from 'vitest';
import {
  integer,
  list,
  oneOf,
  optionalText,
  readConfig,
  text,
} from '../../../functions/common/config.ts';

const shape = {
  name: text('NAME'),
  extra: optionalText('EXTRA'),
  size: integer('SIZE', { fallback: 5, min: 1, max: 10 }),
  mode: oneOf('MODE', ['fast', 'slow']),
  only: list('ONLY'),
};

describe('readConfig', () => {
  it('reports every problem at once, without values', () => {
    const read = () => readConfig(shape, { SIZE: '11-secret', MODE: 'secret' });
    expect(read).toThrow(
      /NAME is not set; SIZE must be a whole number from 1 to 10; MODE must be one of fast, slow/,
    );
    expect(read).not.toThrow(/secret/);
  });

  it('uses the fallback for a missing or empty variable', () => {
    expect(readConfig(shape, { NAME: 'n', SIZE: '', EXTRA: '' })).toEqual({
      name: 'n',
      extra: undefined,
      size: 5,
      mode: 'fast',
      only: undefined,
    });
  });

  it('trims lists, and reads * as no restriction', () => {
    expect(list('ONLY')({ ONLY: ' a, b ,' })).toEqual(new Set(['a', 'b']));
    expect(list('ONLY')({ ONLY: '*' })).toBeUndefined();
  });
});
