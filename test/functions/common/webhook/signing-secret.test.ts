import { describe, expect, it } from 'vitest';
import {
  type ReadSecret,
  type SecretValue,
  signingSecret,
} from '../../../../functions/common/secrets.ts';
import { webhookSecret } from '../../../../functions/common/webhook/signing-secret.ts';

const HOUR = 3_600_000;

/** A secret in Secrets Manager that can be rotated, and a clock. */
function scene(previousSecretHours = 24) {
  let time = 100 * HOUR;
  let reads = 0;
  let versions: Record<string, SecretValue | undefined> = {
    AWSCURRENT: { text: 'old', createdAt: new Date(0) },
  };
  let isAway = false;
  const read: ReadSecret = async (stage) => {
    reads += 1;
    if (isAway) throw new Error('Secrets Manager is away');
    return versions[stage];
  };
  const verify = webhookSecret({ read, previousSecretHours, now: () => time });
  return {
    signedWith: (secret: string) => verify((candidate) => candidate === secret),
    rotate: (text: string) => {
      versions = {
        AWSCURRENT: { text, createdAt: new Date(time) },
        AWSPREVIOUS: versions['AWSCURRENT'],
      };
    },
    pass: (ms: number) => {
      time += ms;
    },
    reads: () => reads,
    away: (value: boolean) => {
      isAway = value;
    },
    write: (text: string) => {
      versions = { AWSCURRENT: { text, createdAt: new Date(time) } };
    },
  };
}

describe('a webhook secret', () => {
  it('is read once and kept', async () => {
    const { reads, signedWith } = scene();
    expect([await signedWith('old'), await signedWith('old')]).toEqual([true, true]);
    expect(reads()).toBe(1);
  });

  it('is read again on a mismatch, so that a rotation takes effect at once', async () => {
    const { pass, rotate, signedWith } = scene();
    await signedWith('old');
    rotate('new');
    pass(5_000);
    expect(await signedWith('new')).toBe(true);
  });

  it('is read again though it has only just been read', async () => {
    const { rotate, signedWith } = scene();
    await signedWith('old');
    rotate('new');
    expect([await signedWith('new'), await signedWith('old')]).toEqual([true, true]);
  });

  it('costs one read per five seconds however many forgeries come', async () => {
    const { pass, reads, signedWith } = scene();
    await signedWith('old');
    const seen: number[] = [];
    for (let ms = 0; ms <= 10_000; ms += 500) {
      expect(await signedWith('forged')).toBe(false);
      seen.push(reads());
      pass(500);
    }
    expect([seen[0], seen[9], seen[10], seen[19], seen[20]]).toEqual([2, 2, 3, 3, 4]);
  });

  it('accepts the previous secret while its window is open, and refuses it after', async () => {
    const { pass, rotate, signedWith } = scene(24);
    rotate('new');
    expect(await signedWith('old')).toBe(true);
    pass(24 * HOUR - 1);
    expect(await signedWith('old')).toBe(true);
    pass(2);
    expect(await signedWith('old')).toBe(false);
    expect(await signedWith('new')).toBe(true);
  });

  it('never accepts the previous secret when its window is 0', async () => {
    const { rotate, signedWith } = scene(0);
    rotate('new');
    expect(await signedWith('old')).toBe(false);
  });
});

describe('a webhook secret that cannot be read', () => {
  it('is used though the version before it cannot be', async () => {
    const read: ReadSecret = async (stage) => {
      if (stage === 'AWSPREVIOUS') throw new Error('away');
      return { text: 'new', createdAt: new Date() };
    };
    const verify = webhookSecret({ read, previousSecretHours: 24 });
    expect(await verify((secret) => secret === 'new')).toBe(true);
    await expect(verify((secret) => secret === 'old')).rejects.toThrow('away');
  });

  it('goes on with what it has, and costs one read per five seconds', async () => {
    const { away, pass, reads, signedWith } = scene();
    await signedWith('old');
    away(true);
    pass(10 * 60_000);
    for (let request = 0; request < 20; request += 1) expect(await signedWith('old')).toBe(true);
    expect(reads()).toBe(2);
  });

  it('does not call a signature forged that the newest secret might have made', async () => {
    const { away, pass, signedWith } = scene();
    await signedWith('old');
    away(true);
    pass(5_000);
    await expect(signedWith('new')).rejects.toThrow('away');
    expect(await signedWith('old')).toBe(true);
  });

  it('that was never there is asked for once per five seconds, and used when it is', async () => {
    const { pass, reads, signedWith, write } = scene();
    write('{broken');
    await expect(signedWith('new')).rejects.toThrow('not JSON');
    await expect(signedWith('new')).rejects.toThrow('not JSON');
    expect(reads()).toBe(1);
    write('new');
    pass(5_000);
    expect(await signedWith('new')).toBe(true);
  });
});

describe('the age of a webhook secret', () => {
  it('is five minutes at most, mismatch or none', async () => {
    const { pass, reads, signedWith } = scene();
    await signedWith('old');
    pass(5 * 60_000 - 1);
    await signedWith('old');
    expect(reads()).toBe(1);
    pass(1);
    await signedWith('old');
    expect(reads()).toBe(2);
  });

  it('of the current version ends the time of the one before to the millisecond', async () => {
    const { pass, rotate, signedWith } = scene(1);
    rotate('new');
    expect(await signedWith('old')).toBe(true);
    pass(HOUR);
    expect(await signedWith('old')).toBe(false);
  });
});

describe('a webhook secret without a version', () => {
  const verifierOf = (versions: Record<string, SecretValue | undefined>) =>
    webhookSecret({
      read: async (stage) => versions[stage],
      previousSecretHours: 24,
    });
  const current = { text: 'new', createdAt: new Date() };

  it('of its own is refused by name', async () => {
    const verify = verifierOf({ AWSPREVIOUS: current });
    await expect(verify(() => true)).rejects.toThrow('the secret has no value');
  });

  it.each([
    ['none', undefined],
    ['an empty one', { text: '', createdAt: new Date(0) }],
  ])('before it, or with %s that cannot be used, has its own alone', async (_what, previous) => {
    const tried: string[] = [];
    const verify = verifierOf({ AWSCURRENT: current, AWSPREVIOUS: previous });
    const isValid = await verify((secret) => {
      tried.push(secret);
      return false;
    });
    expect([isValid, [...new Set(tried)]]).toEqual([false, ['new']]);
  });
});

describe('a mismatch', () => {
  it('is told to whoever asked, once for each time that the secret is read again', async () => {
    let refreshes = 0;
    const verify = webhookSecret({
      read: async () => ({ text: 'new', createdAt: new Date(0) }),
      previousSecretHours: 24,
      onRefresh: () => {
        refreshes += 1;
      },
    });
    await verify((secret) => secret === 'new');
    expect(refreshes).toBe(0);
    await verify(() => false);
    await verify(() => false);
    expect(refreshes).toBe(1);
  });
});

describe('the signing secret in a secret', () => {
  it.each([
    ['plain', 'plain'],
    ['with a final newline\n', 'with a final newline'],
    ['{"secret": "in JSON"}', 'in JSON'],
  ])('%j is %j', (text, secret) => expect(signingSecret(text)).toBe(secret));

  it.each(['', '\n', '{}', '{"secret": ""}', '{"secret": 1}', '{broken'])(
    '%j is refused',
    (text) => {
      expect(() => signingSecret(text)).toThrow(/^the secret (is|begins)/);
    },
  );
});
