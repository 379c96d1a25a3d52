import { PERMANENT_CODE } from '../../../local/chaos/apicall-faults.ts';
import type { Sent } from '../../../local/chaos/requests.ts';

/** A message that is kept for a person, and why. */
export interface Kept {
  readonly reason: string;
  readonly errorCode: string;
  readonly body: string;
}

/** What Salesforce has in the end: how many records have a marker, and which ids there are. */
export interface Contents {
  readonly markers: ReadonlyMap<string, number>;
  readonly ids: ReadonlySet<string>;
}

/** What a run came to: every list but `kept` has to be empty. */
export interface Account {
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Kept for another reason than any that was played. */
  readonly odd: readonly string[];
  readonly kept: Readonly<Record<string, number>>;
}

const keyOf = (body: string): string => String(Object(JSON.parse(body)).idempotencyKey);

const hasEffect = ({ kind, marker }: Sent, { ids, markers }: Contents): boolean =>
  kind === 'delete' ? !ids.has(marker) : (markers.get(marker) ?? 0) > 0;

/** Reasons that the faults account for, by what was asked. */
function isExplained({ kind }: Sent, { reason, errorCode }: Kept): boolean {
  if (reason === 'OUTCOME_UNKNOWN') return kind === 'guarded' || kind === 'refused';
  if (reason !== 'PERMANENT') return reason === 'TOO_MANY_REDRIVES';
  const own = kind === 'refused' ? 'REQUIRED_FIELD_MISSING' : undefined;
  return errorCode === own || errorCode === PERMANENT_CODE;
}

function tally(kept: readonly Kept[]): Record<string, number> {
  const groups = Map.groupBy(kept, ({ reason, errorCode }) => `${reason} ${errorCode}`);
  return Object.fromEntries([...groups].map(([name, of]) => [name, of.length]));
}

/** Holds what was sent against what Salesforce has and what is kept. */
export function reconcile(
  sent: readonly Sent[],
  contents: Contents,
  kept: readonly Kept[],
): Account {
  const byKey = Map.groupBy(kept, ({ body }) => keyOf(body));
  const keptOf = ({ data }: Sent): readonly Kept[] =>
    byKey.get(String(data['idempotencyKey'])) ?? [];
  const name = ({ kind, object, marker }: Sent): string => `${kind} ${object} ${marker}`;
  return {
    lost: sent.filter((one) => !hasEffect(one, contents) && keptOf(one).length === 0).map(name),
    twice: sent.filter(({ marker }) => (contents.markers.get(marker) ?? 0) > 1).map(name),
    odd: sent.flatMap((one) =>
      keptOf(one)
        .filter((letter) => !isExplained(one, letter))
        .map(({ reason, errorCode }) => `${name(one)}: ${reason} ${errorCode}`),
    ),
    kept: tally(kept),
  };
}
