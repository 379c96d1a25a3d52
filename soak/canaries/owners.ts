import type { BusEvent } from '../../local/demo/observer.ts';
import { keyPattern, type Planned } from '../events/plan.ts';
import type { Sent } from '../events/send.ts';

/** Knows whose contents may stand in an event or an answer: those of the event that it is about. */
export function createOwners(seed: number, sent: readonly Sent[]) {
  const words = new Map(sent.map(({ planned }) => [planned.index, planned.word]));
  const ofEventId = new Map(
    sent.flatMap(({ eventId, planned }): [string, Planned][] =>
      eventId === undefined ? [] : [[eventId, planned]],
    ),
  );

  const ofText = (text: string): Set<string> => {
    const keys = new Set([...text.matchAll(keyPattern(seed))].map(([, index]) => Number(index)));
    // What names two events would tell one of the other.
    return keys.size === 1 ? new Set([...keys].map((index) => words.get(index) ?? '')) : new Set();
  };

  return {
    /** An answer to a sender or an event that names its event by its key. */
    ofText,
    ofEvent: (text: string): Set<string> => {
      const { source, detail }: BusEvent = JSON.parse(text);
      if (source === 'salesforce-eventbridge') return new Set();
      const asked = ofEventId.get(String(detail['processedid']));
      return asked === undefined ? ofText(text) : new Set([asked.word]);
    },
  };
}
