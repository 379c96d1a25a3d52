import { expect, it } from 'vitest';
import { NotMeasuredError } from '../../bench/errors.ts';
import { findingOf } from '../../bench/store.ts';

it('a part that was never measured says how to measure it', async () => {
  const found = findingOf('nothing-of-that-name');
  await expect(found).rejects.toThrow(NotMeasuredError);
  await expect(found).rejects.toThrow('npm run bench -- nothing-of-that-name --write');
});
