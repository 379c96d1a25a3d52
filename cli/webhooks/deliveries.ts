/** One attempt to deliver an event, as GitHub lists it ("REST API endpoints for repository webhooks"). */
export interface Attempt {
  /** Names the attempt. */
  readonly id: number;
  /** Names the event: the `X-GitHub-Delivery` of each of its attempts. */
  readonly guid: string;
  readonly delivered_at: string;
  readonly status: string;
  /** 0 where nobody answered. */
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
}

/** An event and how it fared: its last attempt, and whether any attempt was answered with success. */
export interface Delivery {
  readonly last: Attempt;
  readonly attempts: number;
  readonly isDelivered: boolean;
}

const isSuccess = ({ status_code }: Attempt): boolean => status_code >= 200 && status_code < 300;

const byTime = (one: Attempt, other: Attempt): number =>
  one.delivered_at.localeCompare(other.delivered_at) || one.id - other.id;

/**
 * Attempts gathered by event, the newest event first. One that failed and was redelivered with success is delivered.
 * Attempts before `since` are left out.
 */
export function toDeliveries(attempts: readonly Attempt[], since: Date): Delivery[] {
  const recent = attempts.filter(({ delivered_at }) => new Date(delivered_at) >= since);
  const byGuid = Map.groupBy(recent.toSorted(byTime), ({ guid }) => guid);
  const deliveries = [...byGuid.values()].flatMap((ofEvent) => {
    const last = ofEvent.at(-1);
    return last ? [{ last, attempts: ofEvent.length, isDelivered: ofEvent.some(isSuccess) }] : [];
  });
  return deliveries.toSorted((one, other) => byTime(other.last, one.last));
}

export const isFailed = ({ isDelivered }: Delivery): boolean => !isDelivered;
