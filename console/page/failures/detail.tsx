import type { FailureDetail, FailurePlace } from '../../../cli/dlq/failures/failure.ts';
import { hrefOf, lead, pathOf } from '../shared/address.ts';
import { usePolled } from '../shared/data.ts';
import { Badge, Facts, Id, Loaded, pretty, Text } from '../shared/parts.tsx';
import { Title } from '../shared/stack.tsx';
import { BothTimes } from '../shared/time.tsx';
import { AskAll } from './action.tsx';
import { nameOf } from './table.tsx';

function factsOf(detail: FailureDetail) {
  const { redrives, decision, until, eventId, key } = detail;
  return {
    'Kept in': detail.place,
    Since: <BothTimes at={detail.sentAt} />,
    Error: detail.errorCode,
    Class: detail.failureClass,
    'A redrive would': <Badge tone="plain">{decision}</Badge>,
    Until: until && <BothTimes at={until} />,
    Redrives: redrives,
    Object: detail.object,
    Rule: detail.rule,
    Mapping: detail.mapping,
    Source: detail.source,
    'Detail type': detail.detailType,
    Event: eventId && (
      <>
        <Id id={eventId} what="event id" /> <a href={hrefOf(['events', eventId])}>Its whole way</a>
      </>
    ),
    Message: <Id id={detail.id} what="message id" />,
    Key: key && <Id id={key} what="object key" />,
  };
}

const Detail = ({ detail }: { readonly detail: FailureDetail }) => (
  <>
    <p>
      <strong>{detail.reason}</strong>: {detail.why}
    </p>
    <div class="box color warn">
      {detail.message && <p>{detail.message}</p>}
      <p>{detail.advice}</p>
    </div>
    <AskAll
      place={detail.place}
      messages={[detail]}
      onDone={() => lead('pushState', hrefOf(['failures'], { place: detail.place }))}
    />
    <div class="f-switch">
      <section>
        <h2>Body</h2>
        <Text text={pretty(detail.body)} label="body" />
      </section>
      <section>
        <h2>Facts</h2>
        <Facts facts={factsOf(detail)} />
        <h2>Attributes</h2>
        <Facts facts={detail.attributes} />
      </section>
    </div>
  </>
);

/** One message with its text: read when it is opened only. */
export function DetailView({ place, id }: { place: FailurePlace; id: string }) {
  const path = pathOf(`failures/${encodeURIComponent(id)}`, { place });
  const detail = usePolled<FailureDetail>(path, Number.POSITIVE_INFINITY);
  return (
    <>
      <a href={hrefOf(['failures'], { place })}>All in {place}</a>
      <Title text={detail.data ? nameOf(detail.data) : 'Message'} />
      <Loaded of={detail}>{(data) => <Detail detail={data} />}</Loaded>
    </>
  );
}
