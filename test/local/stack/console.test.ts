import { afterEach, expect, it, vi } from 'vitest';
import { startConsole } from '../../../local/stack/console.ts';
import { nextSteps } from '../../../local/stack/describe.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('startConsole returns the address of a page, which is served until it is stopped', async () => {
  const { address = '', stop } = await startConsole();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
  const lines = nextSteps(address).split('\n');
  expect(lines).toContain(`  ${address}`);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
  expect((await fetch(address)).status).toBe(200);
  await stop();
  await expect(fetch(address)).rejects.toThrow();
});

it('startConsole returns no address if the console ends before it has one', async () => {
  vi.stubEnv('NODE_OPTIONS', '--no-such-option');
  const { address, stop } = await startConsole();
  expect(address).toBeUndefined();
  await stop();
});
