import { describe, expect, it } from 'vitest';
import type { ReadSecret, SecretValue } from '../../../../functions/common/secrets.ts';
import {
  createSignatureCheck,
  signingSecret,
} from '../../../../functions/common/webhook/signing-secret.ts';

const CONTENT = 'what was signed';

/** A request that was signed with the secret. */
const signedBy = (secret: string) => (candidate: string) =>
  candidate === secret ? CONTENT : undefined;

const HOUR = 3_600_000;

/** A secret in Secrets Manager that can be rotated, and a clock. */
function createHarness(previousSecretHours = 24) {
  let time = 100 * HOUR;
  let reads = 0;
  let versions: Record<string, SecretValue | undefined> = {
    AWSCURRENT: { text: 'old', createdAt: new Date(0) },
  };
  let isUnavailable = false;
  let unavailableStage: string | undefined;
  const readSecret: ReadSecret = async (stage) => {
    reads += 1;
    if (isUnavailable || stage === unavailableStage)
      throw new Error('Secrets Manager is unavailable');
    return versions[stage];
  };
  const verify = createSignatureCheck({ previousSecretHours }, { readSecret, now: () => time });
  return {
    signedWith: async (secret: string) => (await verify(signedBy(secret))) === CONTENT,
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
    setUnavailable: (value: boolean) => {
      isUnavailable = value;
    },
    setStageUnavailable: (stage: string) => {
      unavailableStage = stage;
    },
    write: (text: string) => {
      versions = { AWSCURRENT: { text, createdAt: new Date(time) } };
    },
  };
}

describe('createSignatureCheck', () => {
  it('reads the secret once and caches it', async () => {
    const { reads, signedWith } = createHarness();
    expect([await signedWith('old'), await signedWith('old')]).toEqual([true, true]);
    expect(reads()).toBe(1);
  });

  it('reads the secret again after a mismatch, so that a rotation takes effect at once', async () => {
    const { pass, rotate, signedWith } = createHarness();
    await signedWith('old');
    rotate('new');
    pass(5_000);
    expect(await signedWith('new')).toBe(true);
  });

  it('drops a cached previous version after a rotation if AWSPREVIOUS cannot be read', async () => {
    const { pass, rotate, setStageUnavailable, signedWith } = createHarness();
    rotate('second');
    expect(await signedWith('old')).toBe(true);
    rotate('third');
    setStageUnavailable('AWSPREVIOUS');
    pass(5_000);
    expect(await signedWith('third')).toBe(true);
    await expect(signedWith('old')).rejects.toThrow('unavailable');
  });

  it('keeps a cached previous version if AWSPREVIOUS cannot be read and nothing was rotated', async () => {
    const { pass, rotate, setStageUnavailable, signedWith } = createHarness();
    rotate('second');
    expect(await signedWith('old')).toBe(true);
    setStageUnavailable('AWSPREVIOUS');
    pass(5 * 60_000);
    expect(await signedWith('old')).toBe(true);
  });

  it('reads the secret again after a mismatch even if it was just read', async () => {
    const { rotate, signedWith } = createHarness();
    await signedWith('old');
    rotate('new');
    expect([await signedWith('new'), await signedWith('old')]).toEqual([true, true]);
  });

  it('reads the secret at most once per five seconds, however many forgeries arrive', async () => {
    const { pass, reads, signedWith } = createHarness();
    await signedWith('old');
    const seen: number[] = [];
    for (let ms = 0; ms <= 10_000; ms += 500) {
      expect(await signedWith('forged')).toBe(false);
      seen.push(reads());
      pass(500);
    }
    expect([seen[0], seen[9], seen[10], seen[19], seen[20]]).toEqual([2, 2, 3, 3, 4]);
  });

  it('accepts the previous secret until its time is over', async () => {
    const { pass, rotate, signedWith } = createHarness(24);
    rotate('new');
    expect(await signedWith('old')).toBe(true);
    pass(24 * HOUR - 1);
    expect(await signedWith('old')).toBe(true);
    pass(2);
    expect(await signedWith('old')).toBe(false);
    expect(await signedWith('new')).toBe(true);
  });

  it('never accepts the previous secret with previousSecretHours 0', async () => {
    const { rotate, signedWith } = createHarness(0);
    rotate('new');
    expect(await signedWith('old')).toBe(false);
  });
});

describe('createSignatureCheck, if the secret cannot be read', () => {
  it('uses the current secret if the previous one cannot be read', async () => {
    const readSecret: ReadSecret = async (stage) => {
      if (stage === 'AWSPREVIOUS') throw new Error('unavailable');
      return { text: 'new', createdAt: new Date() };
    };
    const verify = createSignatureCheck({ previousSecretHours: 24 }, { readSecret });
    expect(await verify(signedBy('new'))).toBe(CONTENT);
    await expect(verify(signedBy('old'))).rejects.toThrow('unavailable');
  });

  it('keeps the cached secret and reads at most once per five seconds', async () => {
    const { pass, reads, setUnavailable, signedWith } = createHarness();
    await signedWith('old');
    setUnavailable(true);
    pass(10 * 60_000);
    for (let request = 0; request < 20; request += 1) expect(await signedWith('old')).toBe(true);
    expect(reads()).toBe(2);
  });

  it('rejects instead of returning false while the newest secret may be unknown', async () => {
    const { pass, setUnavailable, signedWith } = createHarness();
    await signedWith('old');
    setUnavailable(true);
    pass(5_000);
    await expect(signedWith('new')).rejects.toThrow('unavailable');
    expect(await signedWith('old')).toBe(true);
  });

  it('retries a secret that was never usable once per five seconds, then uses it', async () => {
    const { pass, reads, signedWith, write } = createHarness();
    write('{broken');
    await expect(signedWith('new')).rejects.toThrow('not JSON');
    await expect(signedWith('new')).rejects.toThrow('not JSON');
    expect(reads()).toBe(1);
    write('new');
    pass(5_000);
    expect(await signedWith('new')).toBe(true);
  });
});

describe('the age of a cached secret', () => {
  it('is at most five minutes, even without a mismatch', async () => {
    const { pass, reads, signedWith } = createHarness();
    await signedWith('old');
    pass(5 * 60_000 - 1);
    await signedWith('old');
    expect(reads()).toBe(1);
    pass(1);
    await signedWith('old');
    expect(reads()).toBe(2);
  });

  it('ends the validity of the previous secret to the millisecond', async () => {
    const { pass, rotate, signedWith } = createHarness(1);
    rotate('new');
    expect(await signedWith('old')).toBe(true);
    pass(HOUR);
    expect(await signedWith('old')).toBe(false);
  });
});

describe('a secret with missing versions', () => {
  const verifierOf = (versions: Record<string, SecretValue | undefined>) =>
    createSignatureCheck(
      { previousSecretHours: 24 },
      { readSecret: async (stage) => versions[stage] },
    );
  const current = { text: 'new', createdAt: new Date() };

  it('is unusable without a current version', async () => {
    const verify = verifierOf({ AWSPREVIOUS: current });
    await expect(verify(() => CONTENT)).rejects.toThrow('the secret has no value');
  });

  it.each([
    ['missing', undefined],
    ['empty', { text: '', createdAt: new Date(0) }],
  ])('uses only the current version if the previous one is %s', async (_how, previous) => {
    const tried: string[] = [];
    const verify = verifierOf({ AWSCURRENT: current, AWSPREVIOUS: previous });
    const content = await verify((secret) => {
      tried.push(secret);
      return undefined;
    });
    expect([content, [...new Set(tried)]]).toEqual([undefined, ['new']]);
  });
});

describe('onRefresh', () => {
  it('is called once for each read after a mismatch', async () => {
    let refreshes = 0;
    const verify = createSignatureCheck(
      { previousSecretHours: 24 },
      {
        readSecret: async () => ({ text: 'new', createdAt: new Date(0) }),
        onRefresh: () => {
          refreshes += 1;
        },
      },
    );
    await verify(signedBy('new'));
    expect(refreshes).toBe(0);
    await verify(() => undefined);
    await verify(() => undefined);
    expect(refreshes).toBe(1);
  });
});

describe('signingSecret', () => {
  it.each([
    ['plain', 'plain'],
    ['with a final newline\n', 'with a final newline'],
    ['a newline\nin the middle', 'a newline\nin the middle'],
    ['{"secret": "in JSON"}', 'in JSON'],
    [' \n{"secret": "in JSON after blanks"}', 'in JSON after blanks'],
  ])('reads %j as %j', (text, secret) => expect(signingSecret(text)).toBe(secret));

  it.each(['', '\n', '{}', '{"secret": ""}', '{"secret": 1}', '{broken'])('rejects %j', (text) => {
    expect(() => signingSecret(text)).toThrow(/^the secret (is|begins)/);
  });
});
