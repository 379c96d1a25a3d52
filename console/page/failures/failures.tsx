import { useEffect, useState } from 'preact/hooks';
import type { ActionResult, FailurePage, FailurePlace } from '../../../cli/dlq/failures/failure.ts';
import type { Flow } from '../../api.ts';
import { type Address, hrefOf } from '../shared/address.ts';
import { pathOf } from '../shared/api.ts';
import { Done } from '../shared/dialog.tsx';
import { counted, Loaded, Placeholder } from '../shared/parts.tsx';
import { usePolled } from '../shared/polled.ts';
import { Title, usePace } from '../shared/stack.tsx';
import { Actions, type Asked, FailureDialog } from './action.tsx';
import { DetailView } from './detail.tsx';
import { FailureTable } from './table.tsx';

const places = ['ApiCallDlq', 'RuleDlq', 'SpillQueue', 'parked'] as const;

const placeOf = (text?: string): FailurePlace => places.find((one) => one === text) ?? 'ApiCallDlq';

const countIn = ({ parked, queues }: Flow, place: FailurePlace): number | undefined =>
  place === 'parked' ? parked.count : queues.find(({ name }) => name === place)?.visible;

function Places({ place }: { readonly place: FailurePlace }) {
  const flow = usePolled<Flow>('flow', usePace() * 2);
  return (
    <nav class="tabs" aria-label="Where failures are kept">
      {places.map((each) => (
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
  readonly onAsk: (asked: Asked) => void;
  readonly page: FailurePage;
}

const Footer = ({ page: { messages, cursor, total, hidden }, query }: ListProps) => (
  <footer class="row">
    {query['cursor'] && <a href={hrefOf(['failures'], { ...query, cursor: undefined })}>First</a>}
    {cursor && <a href={hrefOf(['failures'], { ...query, cursor })}>Next</a>}
    <span class="muted">
      {total + hidden > 0 && `${messages.length} shown of about ${total.toLocaleString('en')}`}
      {hidden > 0 && `; ${hidden} more are hidden until a scheduled run redrives them`}
      {total + hidden > 0 && '.'}
    </span>
  </footer>
);

function List(props: ListProps) {
  const { place, onAsk, page } = props;
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const chosen = page.messages.filter(({ id }) => selected.has(id));
  return (
    <>
      {page.messages.length === 0 ? (
        <Placeholder text={place === 'parked' ? 'Nothing is parked.' : `${place} is empty.`} />
      ) : (
        <>
          <Actions {...{ place, onAsk }} messages={chosen}>
            <span aria-live="polite">{counted(chosen.length, 'message')} selected</span>
          </Actions>
          <FailureTable messages={page.messages} {...{ place, selected, select, onAsk }} />
        </>
      )}
      <Footer {...props} />
    </>
  );
}

/** Dead-letter and parked messages, or the one that the address names; what can be done about them. */
export function FailuresView({ address: { parts, query } }: { readonly address: Address }) {
  const [asked, onAsk] = useState<Asked>();
  const [done, setDone] = useState<ActionResult>();
  const [first, id] = parts;
  const place = placeOf(first ?? query['place']);
  useEffect(() => setDone(undefined), [place]);
  const path = pathOf('failures', { place, cursor: query['cursor'] });
  const page = usePolled<FailurePage>(id === undefined ? path : undefined, usePace() * 2);
  const finish = (result: ActionResult): void => {
    onAsk(undefined);
    setDone(result);
    if (id !== undefined) location.hash = hrefOf(['failures'], { place });
    page.refresh();
  };
  return (
    <>
      {id === undefined ? (
        <>
          <Title text="Failures" />
          <Places place={place} />
          {done && <Done result={done} />}
          <Loaded of={page}>
            {(data) => <List key={place} {...{ place, query, onAsk }} page={data} />}
          </Loaded>
        </>
      ) : (
        <DetailView {...{ place, id, onAsk }} />
      )}
      {asked && <FailureDialog asked={asked} onClose={() => onAsk(undefined)} onDone={finish} />}
    </>
  );
}
