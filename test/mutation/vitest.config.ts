import { defineConfig } from 'vitest/config';

/** The tests of one module alone, without engine, org and Java; `npm run mutation` names them. */
export default defineConfig({
  test: {
    include: process.env['MUTATION_TESTS']?.split(',') ?? [],
    setupFiles: ['test/mutation/setup.ts'],
    testTimeout: 30_000,
  },
});
