import { useState } from 'preact/hooks';
import {
  type FailurePage,
  type FailurePlace,
  failurePlaces,
} from '../../../cli/dlq/failures/failure.ts';
import type { Flow } from '../../api.ts';
import { Done } from '../shared/action.tsx';
import { type Address, hrefOf, pathOf } from '../shared/address.ts';
import { usePolled } from '../shared/data.ts';
import { counted, Loaded, Placeholder } from '../shared/parts.tsx';
import { Title, usePace } from '../shared/stack.tsx';
import { AskAll } from './action.tsx';
import { DetailView } from './detail.tsx';
import { FailureTable } from './table.tsx';

const placeOf = (text?: string): FailurePlace =>
  failurePlaces.find((one) => one === text) ?? 'ApiCallDlq';

const countIn = ({ parked, queues }: Flow, place: FailurePlace): number | undefined =>
  place === 'parked' ? parked.count : queues.find(({ name }) => name === place)?.visible;

function Places({ place }: { readonly place: FailurePlace }) {
  const flow = usePolled<Flow>('flow', usePace() * 2);
  return (
    <nav class="tool-bar" aria-label="Where failures are kept">
      {failurePlaces.map((each) => (
        <a
          key={each}
          href={hrefOf(['failures'], { place: each })}
          aria-current={each === place ? 'page' : undefined}
        >
          {each === 'parked' ? 'Parked' : each} {flow.data && countIn(flow.data, each)}
        </a>
      ))}
    </nav>
  );
}

interface ListProps {
  readonly place: FailurePlace;
  readonly query: Address['query'];
  readonly page: FailurePage;
}

const Footer = ({ page: { messages, cursor, total, hidden }, query }: ListProps) => (
  <div class="tool-bar">
    {query['cursor'] && <a href={hrefOf(['failures'], { ...query, cursor: undefined })}>First</a>}
    {cursor && <a href={hrefOf(['failures'], { ...query, cursor })}>Next</a>}
    <span class="muted">
      {total + hidden > 0 && `${messages.length} shown of about ${total.toLocaleString('en')}`}
      {hidden > 0 && `; ${hidden} more are hidden until a scheduled run redrives them`}
      {total + hidden > 0 && '.'}
    </span>
  </div>
);

function List(props: ListProps) {
  const { messages } = props.page;
  const { place } = props;
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const chosen = messages.filter(({ id }) => selected.has(id));
  return (
    <>
      {messages.length === 0 ? (
        <Placeholder text={place === 'parked' ? 'Nothing is parked.' : `${place} is empty.`} />
      ) : (
        <>
          <AskAll place={place} messages={chosen}>
            <span aria-live="polite">{counted(chosen.length, 'message')} selected</span>
          </AskAll>
          <FailureTable {...{ messages, selected, select }} />
        </>
      )}
      <Footer {...props} />
    </>
  );
}

function ListView({ place, query }: Omit<ListProps, 'page'>) {
  const path = pathOf('failures', { place, cursor: query['cursor'] });
  const pace = usePace() * 2;
  // A later page takes a reading of all messages before it, which hides them meanwhile.
  const seconds = query['cursor'] === undefined ? pace : Number.POSITIVE_INFINITY;
  const page = usePolled<FailurePage>(path, seconds);
  return (
    <>
      <Title text="Failures" />
      <Places place={place} />
      <Done />
      <Loaded of={page}>{(data) => <List key={place} {...{ place, query }} page={data} />}</Loaded>
    </>
  );
}

/** Dead-letter and parked messages, or the one that the address names; what can be done about them. */
export function FailuresView({ address: { parts, query } }: { readonly address: Address }) {
  const [first, id] = parts;
  const place = placeOf(first ?? query['place']);
  return id === undefined ? <ListView {...{ place, query }} /> : <DetailView {...{ place, id }} />;
}
