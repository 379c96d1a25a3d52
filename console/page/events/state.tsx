import type { EventAnswer } from '../../api.ts';
import { Badge, type Tone } from '../shared/parts.tsx';

type State = EventAnswer['state'];

const tones: Readonly<Record<State, Tone>> = {
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
export const StateBadge = ({ state }: { readonly state: State }) => (
  <Badge tone={tones[state]}>{state}</Badge>
);
