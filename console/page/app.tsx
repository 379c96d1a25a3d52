import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { StackInfo } from '../api.ts';
import { ConnectionsView } from './connections/connections.tsx';
import { EventsView } from './events/events.tsx';
import { FailuresView } from './failures/failures.tsx';
import { FlowView } from './flow/flow.tsx';
import { MappingsView } from './mappings/mappings.tsx';
import { Actions } from './shared/action.tsx';
import { type Address, hrefOf, useAddress } from './shared/address.ts';
import { usePolled } from './shared/data.ts';
import { Badge, Choice, Loaded } from './shared/parts.tsx';
import { StackContext, Title } from './shared/stack.tsx';
import { ZoneContext } from './shared/time.tsx';

type View = (props: { readonly address: Address }) => JSX.Element;

const zones = { local: 'local', UTC: 'UTC' };

const views: Readonly<Record<string, { readonly title: string; readonly View: View }>> = {
  flow: { title: 'Flow', View: FlowView },
  events: { title: 'Events', View: EventsView },
  failures: { title: 'Failures', View: FailuresView },
  mappings: { title: 'Mappings', View: MappingsView },
  connections: { title: 'Webhooks and destinations', View: ConnectionsView },
};

const NotFound: View = () => (
  <>
    <Title text="Not found" />
    <p>
      No view has this address. <a href={hrefOf(['flow'])}>Flow</a> shows where everything is.
    </p>
  </>
);

const Navigation = ({ view }: { readonly view: string }) => (
  <nav aria-label="Views">
    {Object.entries(views).map(([name, { title }]) => (
      <a key={name} href={hrefOf([name])} aria-current={name === view ? 'page' : undefined}>
        {title}
      </a>
    ))}
  </nav>
);

const Identity = ({ stack }: { readonly stack: StackInfo }) => (
  <>
    <strong>{stack.name}</strong>
    <span>{stack.isLocal ? 'Local stack' : `AWS ${stack.account}`}</span>
    <span>{stack.region}</span>
    <small class="wide">{`${stack.status} · ${stack.version}`}</small>
    {stack.canSteer ? <Badge tone="warn">Actions on</Badge> : <Badge tone="plain">Read-only</Badge>}
  </>
);

/** The page: which stack, the views, and the one that the address names. */
export function App(): JSX.Element {
  const address = useAddress();
  const main = useRef<HTMLElement>(null);
  const stack = usePolled<StackInfo>('stack', 60);
  const [zone, setZone] = useState(localStorage.getItem('zone') ?? 'local');
  const choose = (chosen: string): void => {
    localStorage.setItem('zone', chosen);
    setZone(chosen);
  };
  const View = views[address.view]?.View ?? NotFound;
  return (
    <ZoneContext.Provider value={zone === 'UTC' ? 'UTC' : 'local'}>
      <StackContext.Provider value={stack.data}>
        <header class="flow-gap">
          <button type="button" class="skip" onClick={() => main.current?.focus()}>
            Skip to content
          </button>
          <div class="identity">{stack.data && <Identity stack={stack.data} />}</div>
          <Navigation view={address.view} />
          <Choice label="Times" value={zone} options={zones} choose={choose} />
        </header>
        <Actions place={[address.view, address.parts[0] ?? address.query['place']].join()}>
          <main ref={main} tabIndex={-1}>
            {stack.data ? <View address={address} /> : <Title text="Console" />}
            {!stack.data && <Loaded of={stack}>{() => null}</Loaded>}
          </main>
        </Actions>
      </StackContext.Provider>
    </ZoneContext.Provider>
  );
}
