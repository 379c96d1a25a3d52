import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqsLimits, toBatches } from '../../../../functions/common/aws.ts';
import { sendInBatches } from '../../../../functions/dlq-reprocessor/queue/batch.ts';

describe('batches', () => {
  it('keep the order and the limits for any sizes', async () => {
    const sizes = fc.array(fc.nat(1_200_000), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, async (given) => {
        const batches = toBatches(given, (size) => size, sqsLimits);
        expect(batches.flat()).toEqual(given);
        for (const batch of batches.filter(({ length }) => length > 1)) {
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_048_576);
        }
        const results = await sendInBatches(
          given,
          (size) => size,
          sqsLimits,
          async (batch) => batch.map((size) => (size % 2 ? { errorCode: `${size}` } : undefined)),
        );
        expect(results).toEqual(
          given.map((size) => (size % 2 ? { errorCode: `${size}` } : undefined)),
        );
      }),
    );
  });
});
