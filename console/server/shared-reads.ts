/** As long as tabs that poll at the same time may be apart. */
export const SHARED_MS = 2_000;

interface SharedRead<Result> {
  readonly result: Promise<Result>;
  /** Milliseconds since 1970; endless while it is running. */
  until: number;
}

/** Readings that several tabs, or the views of one, ask for at the same time: each is made once, and kept for a moment. */
export class SharedReads<Result> {
  readonly #reads = new Map<string, SharedRead<Result>>();

  /**
   * @param key names the reading.
   * @param keptMs how long its result is given to others, once it is there.
   * @returns its result, or rejects with its error, which is kept as long.
   */
  async read(key: string, keptMs: number, read: () => Promise<Result>): Promise<Result> {
    this.#forgetOld();
    const known = this.#reads.get(key);
    if (known) return known.result;
    const shared = { result: read(), until: Number.POSITIVE_INFINITY };
    this.#reads.set(key, shared);
    try {
      return await shared.result;
    } finally {
      shared.until = Date.now() + keptMs;
    }
  }

  /** After an action, what was read before it is no longer true. */
  clear(): void {
    this.#reads.clear();
  }

  #forgetOld(): void {
    const now = Date.now();
    for (const [key, { until }] of this.#reads) if (until <= now) this.#reads.delete(key);
  }
}
