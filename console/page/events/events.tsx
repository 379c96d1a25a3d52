import { useEffect, useState } from 'preact/hooks';
import type { EventList } from '../../../cli/events/list.ts';
import type { EventSummary } from '../../../cli/events/trace.ts';
import { type Address, hrefOf, lead, pathOf } from '../shared/address.ts';
import { usePolled } from '../shared/data.ts';
import { Choice, counted, Id, Loaded, Placeholder } from '../shared/parts.tsx';
import { Title, useCommand, usePace } from '../shared/stack.tsx';
import { type Column, Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';
import { StateBadge, states, TraceView } from './trace.tsx';

type Filter = Address['query'];

const ranges = { 15: '15 minutes', 60: 'hour', 1440: 'day', 10080: '7 days' };
const stateOptions = { '': 'any', ...Object.fromEntries(states.map((state) => [state, state])) };

const outcomeOf = ({ errorCode, failureClass, recordId, object, mapping }: EventSummary): string =>
  errorCode ?? failureClass ?? ([object, recordId].filter(Boolean).join(' ') || (mapping ?? ''));

const columns: readonly Column<EventSummary>[] = [
  { title: 'Time', cell: ({ at }) => <Time at={at} /> },
  { title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    title: 'Event',
    isName: true,
    cell: ({ id, detailType, provider, source }) => (
      <>
        <a href={hrefOf(['events', id])}>{detailType ?? provider ?? 'Event'}</a>{' '}
        <small>{source ?? provider}</small>
      </>
    ),
  },
  { title: 'Outcome', cell: outcomeOf },
  { title: 'Id', isExtra: true, cell: ({ id }) => <Id id={id} what={`id ${id}`} /> },
];

/** Milliseconds after the last key: each text that is looked for is a reading of the logs. */
const TYPING_MS = 300;

function Filters({ filter }: { readonly filter: Filter }) {
  const [text, setText] = useState(filter['text'] ?? '');
  /** Another filter starts with the newest again. */
  const change = (name: string) => (value: string) =>
    lead('replaceState', hrefOf(['events'], { ...filter, cursor: undefined, [name]: value }));
  useEffect(() => {
    if (text === (filter['text'] ?? '')) return;
    const timer = setTimeout(change('text'), TYPING_MS, text);
    return () => clearTimeout(timer);
  }, [text, filter]);
  return (
    <search class="tool-bar">
      <label>
        Text or id{' '}
        <input value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      <Choice
        label="State"
        value={filter['state'] ?? ''}
        options={stateOptions}
        choose={change('state')}
      />
      <Choice
        label="Last"
        value={filter['minutes'] ?? '60'}
        options={ranges}
        choose={change('minutes')}
      />
    </search>
  );
}

function Footer({ page, filter }: { readonly page: EventList; readonly filter: Filter }) {
  const { lines, isComplete, costUsd } = page.reading;
  return (
    <div class="tool-bar">
      {filter['cursor'] && (
        <a href={hrefOf(['events'], { ...filter, cursor: undefined })}>Newest</a>
      )}
      {page.cursor && <a href={hrefOf(['events'], { ...filter, cursor: page.cursor })}>Older</a>}
      <span class="muted">
        From {counted(lines, 'log line')}
        {isComplete ? '' : '; not all of this time was read, choose a shorter one'}
        {costUsd > 0 ? `; cost $${costUsd.toFixed(4)}` : ''}.
      </span>
    </div>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const send = useCommand()('npm run events -- send github issues.opened');
  return isFiltered ? (
    <Placeholder text="No event matches. Choose another text, state or time." />
  ) : (
    <Placeholder text="No events in this time. Choose a longer one, or send one:" command={send} />
  );
}

function List({ filter }: { readonly filter: Filter }) {
  const { minutes = '60', text, state, cursor } = filter;
  const pace = usePace();
  // An older page doesn't change.
  const seconds = cursor === undefined ? pace : Number.POSITIVE_INFINITY;
  const page = usePolled<EventList>(pathOf('events', { minutes, text, state, cursor }), seconds);
  return (
    <>
      <Title text="Events" />
      <Filters filter={filter} />
      <Loaded of={page}>
        {(data) => (
          <>
            {data.events.length === 0 ? (
              <Nothing isFiltered={Boolean(text || state)} />
            ) : (
              <Table
                label="Events, newest first"
                columns={columns}
                rows={data.events}
                keyOf={({ id }) => id}
              />
            )}
            <Footer page={data} filter={filter} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** The events of the last time, live, or the whole way of the one that the address names. */
export const EventsView = ({ address: { parts, query } }: { readonly address: Address }) =>
  parts[0] === undefined ? <List filter={query} /> : <TraceView id={parts[0]} />;
