import type { Session } from './login.ts';

/** Salesforce does not report when a token expires (by default after 2 hours without use). This is well below. */
const MAX_AGE_MS = 45 * 60_000;

/**
 * One access token for all calls of this Lambda process, with a maximum age. Concurrent callers share one login: a refresh names
 * the session that failed, so that many 401s at once cause one login.
 */
export class Sessions {
  readonly #logIn: () => Promise<Session>;
  readonly #now: () => number;
  #current: Promise<Session> | undefined;
  #obtainedAt = 0;

  /** @param now milliseconds since 1970. */
  constructor(logIn: () => Promise<Session>, now = Date.now) {
    this.#logIn = logIn;
    this.#now = now;
  }

  async get(): Promise<Session> {
    const isFresh = this.#now() - this.#obtainedAt < MAX_AGE_MS;
    return this.#current !== undefined && isFresh ? this.#current : this.#start();
  }

  /** A session other than `failed`: one that another caller has obtained meanwhile, or a new one. */
  async refresh(failed: Session): Promise<Session> {
    const before = this.#current;
    const known = await before?.catch(() => undefined);
    if (this.#current !== undefined && this.#current !== before) return this.#current;
    return known !== undefined && known !== failed ? known : this.#start();
  }

  #start(): Promise<Session> {
    this.#obtainedAt = this.#now();
    const started = this.#logIn().catch((error: unknown) => {
      if (this.#current === started) this.#current = undefined;
      throw error;
    });
    this.#current = started;
    return started;
  }
}
