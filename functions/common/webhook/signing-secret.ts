import { SecretUnusableError } from '../errors.ts';
import { type ReadSecret, type SecretValue, signingSecret } from '../secrets.ts';

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
const REFRESH_INTERVAL_MS = 5_000;

const HOUR_MS = 3_600_000;

/** A version whose text is known to be usable. */
interface Usable {
  readonly secret: string;
  readonly createdAt: Date;
}

const toUsable = ({ text, createdAt }: SecretValue): Usable => ({
  secret: signingSecret(text),
  createdAt,
});

/** A previous version that cannot be used is none: it only ever helps. */
function toPrevious(value: SecretValue | undefined): Usable | undefined {
  try {
    return value && toUsable(value);
  } catch {
    return undefined;
  }
}

/**
 * Reads the secret's versions when asked to; keeps what it has where a read fails, so that Secrets Manager may be away.
 * The previous version is read only while it counts.
 */
function createVersions({ read, previousSecretHours, now = Date.now }: Options) {
  let current: Usable | undefined;
  let previous: Usable | undefined;
  let failure: unknown;
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  const isPreviousValid = ({ createdAt }: Usable): boolean =>
    now() - createdAt.getTime() < previousSecretHours * HOUR_MS;

  const load = async (): Promise<void> => {
    const value = await read('AWSCURRENT');
    if (value === undefined) throw new SecretUnusableError('the secret has no value');
    current = toUsable(value);
    readAt = now();
    previous = isPreviousValid(current) ? toPrevious(await read('AWSPREVIOUS')) : undefined;
  };

  return {
    /** Not yet read, or read long ago; while reads fail, true once per interval. */
    isOld: (): boolean => now() - readAt >= MAX_AGE_MS && now() - triedAt >= REFRESH_INTERVAL_MS,
    refresh: async (): Promise<void> => {
      triedAt = now();
      failure = undefined;
      await load().catch((error: unknown) => {
        failure = error;
      });
    },
    /** The last refresh's error, if it failed. */
    failure: (): unknown => failure,
    /** The secrets that count now. @throws the read's error when there has never been one. */
    secrets: (): string[] => {
      if (current === undefined) throw failure;
      const still = previous !== undefined && isPreviousValid(current) ? [previous.secret] : [];
      return [current.secret, ...still];
    },
  };
}

/**
 * Verifies with the current secret; on a mismatch once more after a refresh, then with the previous secret while
 * the current one is younger than `previousSecretHours`.
 *
 * @returns a function that answers whether the signature holds, and rejects when the secret cannot be read or used.
 */
export function webhookSecret(options: Options) {
  const { now = Date.now } = options;
  const versions = createVersions(options);
  // Counted apart from reads by age: a secret may be rotated right after a process has read it for the first time.
  let refreshedAt = Number.NEGATIVE_INFINITY;

  const isValid = async (verify: Verify): Promise<boolean> => {
    for (const secret of versions.secrets()) if (await verify(secret)) return true;
    return false;
  };

  const isValidAfterRefresh = async (verify: Verify): Promise<boolean> => {
    if (now() - refreshedAt < REFRESH_INTERVAL_MS) return false;
    refreshedAt = now();
    options.onRefresh?.();
    await versions.refresh();
    return isValid(verify);
  };

  return async (verify: Verify): Promise<boolean> => {
    if (versions.isOld()) await versions.refresh();
    if ((await isValid(verify)) || (await isValidAfterRefresh(verify))) return true;
    // Nobody can say that a signature is forged while the newest secret cannot be read.
    if (versions.failure() !== undefined) throw versions.failure();
    return false;
  };
}

export type WebhookSecret = ReturnType<typeof webhookSecret>;
