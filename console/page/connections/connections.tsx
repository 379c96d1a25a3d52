import type { Connections } from '../../api.ts';
import { usePolled } from '../shared/data.ts';
import { Badge, Id, Loaded, Placeholder } from '../shared/parts.tsx';
import { Title, usePace } from '../shared/stack.tsx';
import { type Column, Table } from '../shared/table.tsx';
import { Time } from '../shared/time.tsx';

const State = ({ state }: { readonly state: string }) => (
  <Badge tone={['ACTIVE', 'AUTHORIZED'].includes(state) ? 'ok' : 'bad'}>{state}</Badge>
);

const webhookColumns: readonly Column<Connections['webhooks'][number]>[] = [
  { title: 'Provider', cell: ({ provider }) => provider, isName: true },
  { title: 'URL', cell: ({ url, provider }) => <Id id={url} what={`URL of ${provider}`} /> },
  { title: 'Accepted', cell: ({ accepted }) => accepted.toLocaleString('en') },
  { title: 'Rejected', cell: ({ rejected }) => rejected.toLocaleString('en') },
  { title: 'Secret since', cell: ({ secretChangedAt: at }) => at && <Time at={at} /> },
];

const destinationColumns: readonly Column<Connections['destinations'][number]>[] = [
  { title: 'API destination', cell: ({ name }) => name, isName: true },
  {
    title: 'Endpoint',
    cell: ({ endpoint, name }) => <Id id={endpoint} what={`endpoint of ${name}`} />,
  },
  { title: 'State', cell: ({ state }) => <State state={state} /> },
  {
    title: 'Connection',
    cell: ({ connection, connectionState, reason }) => (
      <>
        <State state={connectionState} /> {connection}
        {reason && <small> {reason}</small>}
      </>
    ),
  },
];

/** Where events come in, and what rules call directly. */
export function ConnectionsView() {
  const connections = usePolled<Connections>('connections', usePace() * 4);
  return (
    <>
      <Title text="Webhooks and destinations" />
      <Loaded of={connections}>
        {({ webhooks, destinations }) => (
          <>
            <h2>Webhooks</h2>
            <Table
              label="Webhooks"
              columns={webhookColumns}
              rows={webhooks}
              keyOf={({ provider }) => provider}
            />
            <h2>API destinations</h2>
            {destinations.length === 0 ? (
              <Placeholder
                text="None: apicall makes all calls."
                command="npm run destination -- --help"
              />
            ) : (
              <Table
                label="API destinations"
                columns={destinationColumns}
                rows={destinations}
                keyOf={({ name }) => name}
              />
            )}
          </>
        )}
      </Loaded>
    </>
  );
}
