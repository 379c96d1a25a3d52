import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeAwsError } from '../../cli/aws.ts';

const refused = (port: number): Error =>
  Object.assign(new Error(`connect ECONNREFUSED 127.0.0.1:${port}`), {
    code: 'ECONNREFUSED',
    port,
  });

afterEach(() => vi.unstubAllEnvs());

describe('describeAwsError', () => {
  it('names AWS_ENDPOINT_URL when it is what nothing answers at', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    expect(describeAwsError(refused(4566), '')).toBe(
      'AWS error: connect ECONNREFUSED 127.0.0.1:4566. Nothing answers at http://127.0.0.1:4566, to which AWS_ENDPOINT_URL is set: start what listens there, or unset it.',
    );
  });

  it('does not name it when the call went elsewhere, such as to a local stack that has ended', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    expect(describeAwsError(refused(20_001), '')).toMatch(/cannot be reached: .*npm run local:up/);
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    expect(describeAwsError(refused(4566), '')).toMatch(/cannot be reached: .*npm run local:up/);
  });
});
