import { afterEach, describe, expect, it, vi } from 'vitest';
import { toUsageError } from '../../cli/aws.ts';

const refused = (port: number): Error =>
  Object.assign(new Error(`connect ECONNREFUSED 127.0.0.1:${port}`), {
    code: 'ECONNREFUSED',
    port,
  });

afterEach(() => vi.unstubAllEnvs());

describe('toUsageError', () => {
  it('names AWS_ENDPOINT_URL when it is what nothing answers at', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    expect(toUsageError(refused(4566), '').message).toBe(
      'AWS error: connect ECONNREFUSED 127.0.0.1:4566. Nothing answers at http://127.0.0.1:4566, to which AWS_ENDPOINT_URL is set: start what listens there, or unset it.',
    );
  });

  it('has the remedy apart, for `--json`', () => {
    const denied = Object.assign(new Error('not yours'), { name: 'AccessDeniedException' });
    expect(toUsageError(denied, 'a:b')).toMatchObject({
      problem: 'AWS error: not yours.',
      remedy: 'Required permissions: a:b.',
      exitCode: 2,
    });
  });

  it('does not name it when the call went elsewhere, such as to a local stack that has ended', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    expect(toUsageError(refused(20_001), '').message).toMatch(
      /cannot be reached: .*npm run local:up/,
    );
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(toUsageError(refused(4566), '').message).toMatch(
      /cannot be reached: .*npm run local:up/,
    );
  });
});
