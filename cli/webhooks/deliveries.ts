/** An attempt to deliver an event, as GitHub lists it ("REST API endpoints for repository webhooks"). */
export interface Attempt {
  /** Identifies the attempt. */
  readonly id: number;
  /** Identifies the event: the `X-GitHub-Delivery` header of each of its attempts. */
  readonly guid: string;
  readonly delivered_at: string;
  readonly status: string;
  /** 0 when there was no response. */
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
}

/** An event: its last attempt, the number of attempts, and whether any of them succeeded. */
export interface Delivery {
  readonly last: Attempt;
  readonly attempts: number;
  readonly isDelivered: boolean;
}

const isSuccess = ({ status_code }: Attempt): boolean => status_code >= 200 && status_code < 300;

const byTime = (one: Attempt, other: Attempt): number =>
  one.delivered_at.localeCompare(other.delivered_at) || one.id - other.id;

/**
 * Groups attempts by event, newest event first. An event that failed and was then redelivered counts as delivered.
 * Attempts before `since` are ignored.
 */
export function toDeliveries(attempts: readonly Attempt[], since: Date): Delivery[] {
  const recent = attempts.filter(({ delivered_at }) => new Date(delivered_at) >= since);
  const byGuid = Map.groupBy(recent.toSorted(byTime), ({ guid }) => guid);
  const deliveries = [...byGuid.values()].flatMap((group) => {
    const last = group.at(-1);
    return last ? [{ last, attempts: group.length, isDelivered: group.some(isSuccess) }] : [];
  });
  return deliveries.toSorted((one, other) => byTime(other.last, one.last));
}

export const isFailed = ({ isDelivered }: Delivery): boolean => !isDelivered;
