import type { Session } from './login.ts';

/** Salesforce does not say when a token expires (default: 2 h without use); this is well within. */
const MAX_AGE_MS = 45 * 60_000;

/**
 * One token for all calls of this process: one login in flight, an age cap, and a refresh that is asked for with the
 * session that failed, so that many 401s at once cost one login.
 */
export function createSessions(logIn: () => Promise<Session>, now = Date.now) {
  let current: Promise<Session> | undefined;
  let obtainedAt = 0;

  const start = (): Promise<Session> => {
    obtainedAt = now();
    const started = logIn().catch((error: unknown) => {
      if (current === started) current = undefined;
      throw error;
    });
    current = started;
    return started;
  };

  return {
    get: (): Promise<Session> =>
      current !== undefined && now() - obtainedAt < MAX_AGE_MS ? current : start(),
    /** A session other than `failed`: the one that somebody else has fetched meanwhile, or a new one. */
    refresh: async (failed: Session): Promise<Session> => {
      const asked = current;
      const known = await asked?.catch(() => undefined);
      if (current !== undefined && current !== asked) return current;
      return known !== undefined && known !== failed ? known : start();
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;
