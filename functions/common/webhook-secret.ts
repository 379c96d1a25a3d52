import { SecretUnusableError } from './errors.ts';
import { type ReadSecret, type SecretValue, signingSecret } from './secrets.ts';

/** Whether `secret` made the signature. */
export type Verify = (secret: string) => boolean | Promise<boolean>;

interface Options {
  readonly read: ReadSecret;
  /** For how long after a rotation the previous secret counts; 0 - never. */
  readonly previousSecretHours: number;
  readonly onRefresh?: () => void;
  readonly now?: () => number;
}

/** A secret is read again at this age, so that a rotation is seen even without a mismatch. */
const MAX_AGE_MS = 5 * 60_000;

/** Mismatches cost one read per this interval at most: forged requests cannot run up the bill. */
const REFRESH_INTERVAL_MS = 10_000;

const HOUR_MS = 3_600_000;

/**
 * Verifies with the current secret; on a mismatch once more after a refresh, then with the previous secret while
 * the current one is younger than `previousSecretHours`.
 *
 * @returns a function that answers whether the signature holds, and rejects when the secret cannot be read or used.
 */
export function webhookSecret({ read, previousSecretHours, onRefresh, now = Date.now }: Options) {
  let current: SecretValue | undefined;
  let previous: SecretValue | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  const refresh = async (): Promise<SecretValue> => {
    readAt = now();
    [current, previous] = await Promise.all([
      read('AWSCURRENT'),
      previousSecretHours > 0 ? read('AWSPREVIOUS') : undefined,
    ]).catch((error: unknown) => {
      readAt = Number.NEGATIVE_INFINITY;
      throw error;
    });
    if (current === undefined) throw new SecretUnusableError('the secret has no value');
    return current;
  };

  const isPreviousValid = (): boolean =>
    current !== undefined && now() - current.createdAt.getTime() < previousSecretHours * HOUR_MS;

  const verifyAll = async (verify: Verify, value: SecretValue): Promise<boolean> => {
    if (await verify(signingSecret(value.text))) return true;
    if (previous === undefined || !isPreviousValid()) return false;
    return verify(signingSecret(previous.text));
  };

  return async (verify: Verify): Promise<boolean> => {
    const age = now() - readAt;
    const cached = current !== undefined && age < MAX_AGE_MS ? current : undefined;
    if (await verifyAll(verify, cached ?? (await refresh()))) return true;
    if (cached === undefined || age < REFRESH_INTERVAL_MS) return false;
    onRefresh?.();
    return verifyAll(verify, await refresh());
  };
}

export type WebhookSecret = ReturnType<typeof webhookSecret>;
