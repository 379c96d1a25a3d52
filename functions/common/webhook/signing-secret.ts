import { SecretUnusableError } from '../errors.ts';
import { parseJsonObject } from '../json.ts';
import type { ReadSecret, SecretValue } from '../secrets.ts';

/** What a signature covers, exactly as the provider signed it. */
export type SignedContent = string | Buffer;

/** The content that was signed with `secret`; `undefined` if the signature isn't made with it. */
export type Verifier = (
  secret: string,
) => SignedContent | undefined | Promise<SignedContent | undefined>;

/** The content that was signed with a valid secret. Rejects if the secret can't be read or is unusable. */
export type VerifySignature = (verifier: Verifier) => Promise<SignedContent | undefined>;

interface Options {
  readonly readSecret: ReadSecret;
  /** Called before a read that a mismatch triggers. */
  readonly onRefresh?: () => void;
  readonly now?: () => number;
}

/** After a mismatch, and while reads fail, at most one refresh per interval: forged requests can't run up costs. */
const REFRESH_INTERVAL_MS = 5_000;

/**
 * Verifies with the current secret, after a mismatch with the refreshed one, then with the previous one while the
 * current one is younger than `previousSecretHours`.
 */
export function createSignatureCheck(
  { previousSecretHours }: { readonly previousSecretHours: number },
  { readSecret, onRefresh, now = Date.now }: Options,
): VerifySignature {
  const versions = createSecretVersions(readSecret, previousSecretHours, now);
  // Separate from the age of the last read: a secret may be rotated right after it was read for the first time.
  let mismatchReadAt = Number.NEGATIVE_INFINITY;

  const verifyWithAnySecret: VerifySignature = async (verifier) => {
    for (const secret of versions.validSecrets()) {
      const content = await verifier(secret);
      if (content !== undefined) return content;
    }
    return undefined;
  };

  const verifyAfterRefresh: VerifySignature = async (verifier) => {
    if (now() - mismatchReadAt < REFRESH_INTERVAL_MS) return undefined;
    mismatchReadAt = now();
    onRefresh?.();
    await versions.refresh();
    return verifyWithAnySecret(verifier);
  };

  return async (verifier) => {
    if (versions.isStale()) await versions.refresh();
    const content = (await verifyWithAnySecret(verifier)) ?? (await verifyAfterRefresh(verifier));
    // While the newest secret can't be read, a mismatch doesn't prove a forgery.
    if (content === undefined && versions.failure() !== undefined) throw versions.failure();
    return content;
  };
}

/** The secret is read again at this age, so that a rotation is noticed without a mismatch. */
const MAX_AGE_MS = 5 * 60_000;

const HOUR_MS = 3_600_000;

interface SecretVersion {
  readonly secret: string;
  readonly createdAt: Date;
}

/** Caches the current secret and, while it is valid, the previous one. Keeps the cached ones if a read fails. */
function createSecretVersions(
  readSecret: ReadSecret,
  previousSecretHours: number,
  now: () => number,
) {
  let current: SecretVersion | undefined;
  let previous: SecretVersion | undefined;
  let failure: unknown;
  let succeededAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;

  /** Whether the version is so new that the previous one remains valid. */
  const isRecent = ({ createdAt }: SecretVersion): boolean =>
    now() - createdAt.getTime() < previousSecretHours * HOUR_MS;

  const read = async (): Promise<void> => {
    const value = await readSecret('AWSCURRENT');
    if (value === undefined) throw new SecretUnusableError('the secret has no value');
    const version = toVersion(value);
    // After a rotation, the cached previous version is no longer AWSPREVIOUS, even if that can't be read now.
    if (version.secret !== current?.secret) previous = undefined;
    current = version;
    succeededAt = now();
    previous = isRecent(current) ? toPreviousVersion(await readSecret('AWSPREVIOUS')) : undefined;
  };

  return {
    /** Never read, or not read for `MAX_AGE_MS`. While reads fail, true once per interval. */
    isStale: (): boolean =>
      now() - succeededAt >= MAX_AGE_MS && now() - attemptedAt >= REFRESH_INTERVAL_MS,
    refresh: async (): Promise<void> => {
      attemptedAt = now();
      failure = undefined;
      await read().catch((error: unknown) => {
        failure = error;
      });
    },
    /** The error of the last refresh, if it failed. */
    failure: (): unknown => failure,
    /** @throws the read's error if no read ever succeeded. */
    validSecrets: (): string[] => {
      if (current === undefined) throw failure;
      const previousSecret = previous !== undefined && isRecent(current) ? [previous.secret] : [];
      return [current.secret, ...previousSecret];
    },
  };
}

const toVersion = ({ text, createdAt }: SecretValue): SecretVersion => ({
  secret: signingSecret(text),
  createdAt,
});

/** An unusable previous version is ignored. */
function toPreviousVersion(value: SecretValue | undefined): SecretVersion | undefined {
  try {
    return value && toVersion(value);
  } catch {
    return undefined;
  }
}

/**
 * The signing secret in a secret's text: the text itself, or the field `secret` of a JSON object.
 *
 * @throws SecretUnusableError if it is empty, or JSON without that field.
 */
export function signingSecret(text: string): string {
  const value = text.trimStart().startsWith('{') ? secretField(text) : text;
  // A text editor's final newline is never part of a secret, and the most common cause of 401s.
  const trimmed = value.replace(/\r?\n$/, '');
  if (trimmed === '') throw new SecretUnusableError('the secret is empty');
  return trimmed;
}

function secretField(text: string): string {
  const fields = parseJsonObject(text);
  if (fields === undefined)
    throw new SecretUnusableError('the secret begins with { and is not JSON');
  const value = fields['secret'];
  if (typeof value === 'string') return value;
  throw new SecretUnusableError('the secret is JSON without a text field "secret"');
}
