import { useState } from 'preact/hooks';
import type { EventState, EventTrace, Hop, PayloadPlace } from '../../../cli/events/trace.ts';
import type { Payload } from '../../api.ts';
import { hrefOf, pathOf } from '../shared/address.ts';
import { usePolled } from '../shared/data.ts';
import {
  Badge,
  Facts,
  Id,
  Loaded,
  Placeholder,
  pretty,
  Text,
  type Tone,
} from '../shared/parts.tsx';
import { Title, usePace } from '../shared/stack.tsx';
import { BothTimes } from '../shared/time.tsx';

const tones: Readonly<Record<EventState, Tone>> = {
  succeeded: 'ok',
  failed: 'bad',
  waiting: 'warn',
  parked: 'warn',
  ignored: 'plain',
  'in progress': 'plain',
  'on the bus': 'plain',
};

/** All that an event can have come to. */
export const states: readonly string[] = Object.keys(tones);

/** What an event has come to. */
export const StateBadge = ({ state }: { readonly state: EventState }) => (
  <Badge tone={tones[state]}>{state}</Badge>
);

function sinceOf(hop: Hop, before: Hop | undefined): string {
  if (before === undefined) return '';
  const milliseconds = Date.parse(hop.at) - Date.parse(before.at);
  return milliseconds < 1000 ? `+${milliseconds} ms` : `+${(milliseconds / 1000).toFixed(1)} s`;
}

const HopItem = ({ hop, before }: { readonly hop: Hop; readonly before: Hop | undefined }) => (
  <li class={`border-inline-start ${hop.isFailure ? 'bad' : 'ok'}`}>
    <p>
      <strong>{hop.kind}</strong> <span class="muted">{hop.where}</span>
    </p>
    <p>{hop.text}</p>
    <p class="muted">
      <BothTimes at={hop.at} /> {sinceOf(hop, before)}
    </p>
    <Facts facts={hop.fields} />
  </li>
);

/** Shows what a store holds: read on a click only. */
function PayloadItem({ place: { store, key } }: { place: PayloadPlace }) {
  const [isShown, show] = useState(false);
  const path = isShown ? pathOf('payload', { store, key }) : undefined;
  const payload = usePolled<Payload>(path, Number.POSITIVE_INFINITY);
  return (
    <li>
      <p>
        {store} <code>{key}</code>{' '}
        <button type="button" onClick={() => show(!isShown)} aria-expanded={isShown}>
          {isShown ? 'Hide' : 'Show'}
        </button>
      </p>
      {isShown && (
        <Loaded of={payload}>
          {({ text, isCut }) => (
            <>
              <Text text={pretty(text)} label={`payload in ${store}`} />
              {isCut && <p class="muted">Cut at 1 MiB.</p>}
            </>
          )}
        </Loaded>
      )}
    </li>
  );
}

function Trace({
  trace: { state, hops, ids, payloads, unread, reading },
}: {
  readonly trace: EventTrace;
}) {
  if (hops.length === 0) return <Placeholder text="No log line or store tells about this id." />;
  const idFacts = Object.entries(ids).map(([name, values]) => [
    name,
    values.map((value) => <Id key={value} id={value} what={`${name} ${value}`} />),
  ]);
  return (
    <>
      <p>
        <StateBadge state={state} />
        {!reading.isComplete && ' Not all log lines were read: there can be more.'}
      </p>
      <div class="f-switch">
        <section>
          <h2>Its way</h2>
          <ol class="hops packed">
            {hops.map((hop, index) => (
              <HopItem key={`${hop.at} ${index}`} hop={hop} before={hops[index - 1]} />
            ))}
          </ol>
        </section>
        <section>
          <h2>Ids</h2>
          <Facts facts={Object.fromEntries(idFacts)} />
          <h2>Payload</h2>
          {payloads.length === 0 && unread.length === 0 && (
            <p class="muted">No queue or bucket holds it any more.</p>
          )}
          {unread.map(({ store, permissions }) => (
            <p key={store} class="box color warn">
              {store} was not searched: this takes {permissions.join(', ')}{' '}
              (docs/policies/console-read.json).
            </p>
          ))}
          <ul>
            {payloads.map((place) => (
              <PayloadItem key={`${place.store} ${place.key}`} place={place} />
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}

/** One event's whole way, by any of its ids; live, as it goes on. */
export function TraceView({ id }: { readonly id: string }) {
  const trace = usePolled<EventTrace>(`events/${encodeURIComponent(id)}`, usePace());
  return (
    <>
      <a href={hrefOf(['events'])}>All events</a>
      <Title text="Event" />
      <Id id={id} what="id" />
      <Loaded of={trace}>{(data) => <Trace trace={data} />}</Loaded>
    </>
  );
}
