import type { EventState } from '../../../cli/events/trace.ts';
import { Badge, type Tone } from '../shared/parts.tsx';

const tones: Readonly<Record<EventState, Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  waiting: 'warn',
  parked: 'warn',
  ignored: 'calm',
  'in progress': 'calm',
};

/** All that an event can have come to. */
export const states: readonly string[] = Object.keys(tones);

/** What an event has come to. */
export const StateBadge = ({ state }: { readonly state: EventState }) => (
  <Badge tone={tones[state]}>{state}</Badge>
);
