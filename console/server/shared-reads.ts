/** As long as tabs that poll at the same time may be apart. */
export const SHARED_MS = 2_000;

/** Readings that several tabs, or the views of one, ask for at the same time: each is made once, and kept for a moment. */
export class SharedReads<Result> {
  readonly #reads = new Map<string, { readonly result: Promise<Result>; until: number }>();

  /**
   * @param key names the reading.
   * @param keptMs how long its result is given to others, once it is there.
   * @returns its result, or rejects with its error, which only those get that wait for it.
   */
  async read(key: string, keptMs: number, read: () => Promise<Result>): Promise<Result> {
    for (const [old, { until }] of this.#reads) if (until <= Date.now()) this.#reads.delete(old);
    const known = this.#reads.get(key);
    if (known) return known.result;
    const shared = { result: read(), until: Number.POSITIVE_INFINITY };
    this.#reads.set(key, shared);
    let kept = 0;
    try {
      const result = await shared.result;
      kept = keptMs;
      return result;
    } finally {
      shared.until = Date.now() + kept;
    }
  }

  /** After an action, what was read before it is no longer true. */
  clear(): void {
    this.#reads.clear();
  }
}
