/** `unknown`: the check could not run. */
export type Status = 'ok' | 'warning' | 'failed' | 'unknown';

/** What a check found out about one resource. The field names are those of `--json`. */
export interface Finding {
  readonly what: string;
  readonly status: Status;
  readonly detail: string;
  /** What to do; absent when nothing is wrong. */
  readonly remedy?: string;
}

export const ok = (what: string, detail: string): Finding => ({ what, status: 'ok', detail });

export const warning = (what: string, detail: string, remedy: string): Finding => ({
  what,
  status: 'warning',
  detail,
  remedy,
});

export const failed = (what: string, detail: string, remedy: string): Finding => ({
  what,
  status: 'failed',
  detail,
  remedy,
});

/** The remedy for a resource that was changed or deleted by hand. */
export const DEPLOY =
  'Deploy the stack again (npm run deploy): the resource was changed outside CloudFormation.';
