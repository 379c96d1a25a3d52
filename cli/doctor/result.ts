/** `unknown`: it could not be looked at. */
export type Status = 'ok' | 'warning' | 'failed' | 'unknown';

/** What one look found at one thing. */
export interface Result {
  readonly what: string;
  readonly status: Status;
  readonly detail: string;
  /** What to do; none where all is well. */
  readonly remedy?: string;
}

export const ok = (what: string, detail: string): Result => ({ what, status: 'ok', detail });

export const warning = (what: string, detail: string, remedy: string): Result => ({
  what,
  status: 'warning',
  detail,
  remedy,
});

export const failed = (what: string, detail: string, remedy: string): Result => ({
  what,
  status: 'failed',
  detail,
  remedy,
});

/** Puts right what was changed by hand. */
export const DEPLOY = 'Deploy the stack again (npm run deploy): it was changed by hand.';
