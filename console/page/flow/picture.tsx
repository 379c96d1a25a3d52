import type { ComponentChildren } from 'preact';
import type { Flow, Rates } from '../../api.ts';
import { hrefOf } from '../shared/address.ts';
import { Badge, Facts, type Tone } from '../shared/parts.tsx';
import { durationOf } from '../shared/time.tsx';

interface Station {
  readonly name: string;
  /** The arrow that leads here. */
  readonly from?: '→' | '↓';
  readonly href?: string;
  readonly tone?: Tone | false | undefined;
  /** What matters most. */
  readonly figure?: number | string | undefined;
  readonly unit: string;
  readonly facts?: Readonly<Record<string, ComponentChildren>>;
}

const textOf = (figure: number | string): string => figure.toLocaleString('en');
const sumOf = (counts: readonly number[] | undefined): number | string =>
  counts?.reduce((sum, one) => sum + one, 0) ?? '–';

const Box = ({ name, from, href, tone, figure = '–', unit, facts = {} }: Station) => (
  <li class={`box packed-inside station ${tone || 'plain'}`} data-from={from}>
    <h2>{href ? <a href={href}>{name}</a> : name}</h2>
    <p class="<h2>">
      {textOf(figure)} <small>{unit}</small>
    </p>
    <Facts facts={facts} />
  </li>
);

interface Props {
  readonly flow: Flow;
  /** The chart's: counts are of its time. */
  readonly rates: Rates | undefined;
}

type Queue = Flow['queues'][number];

const ageOf = (queue: Queue | undefined): string =>
  queue?.oldestAgeSeconds === undefined ? '' : durationOf(queue.oldestAgeSeconds);

function Way({ flow: { queues, breaker, pause, apiUsage }, rates }: Props) {
  const queue = queues.find(({ name }) => name === 'ApiCallQueue');
  const waiting = {
    'in flight': queue?.hidden ?? '–',
    delayed: queue?.delayed || '',
    oldest: ageOf(queue),
  };
  const calls = {
    failed: textOf(sumOf(rates?.failed)),
    breaker: breaker ? <Badge tone="bad">open</Badge> : 'closed',
    calls: pause ? <Badge tone="warn">paused</Badge> : 'running',
  };
  return (
    <ol class="way" aria-label="The way of an event">
      <Box
        name="Webhooks"
        href={hrefOf(['connections'])}
        figure={sumOf(rates?.accepted)}
        unit="accepted"
        facts={{ rejected: textOf(sumOf(rates?.rejected)) }}
      />
      <Box
        name="Event bus"
        from="→"
        href={hrefOf(['events'])}
        figure=""
        unit="rules choose the targets"
      />
      <Box name="ApiCallQueue" from="→" figure={queue?.visible} unit="waiting" facts={waiting} />
      <Box
        name="apicall"
        from="→"
        tone={breaker ? 'bad' : pause && 'warn'}
        figure={sumOf(rates?.succeeded)}
        unit="succeeded"
        facts={calls}
      />
      <Box
        name="Salesforce"
        from="→"
        figure={apiUsage && `${Math.round(apiUsage.percent)} %`}
        unit="of the daily calls"
      />
    </ol>
  );
}

const failedIn = {
  SpillQueue: 'refused by the bus',
  RuleDlq: 'undeliverable',
  ApiCallDlq: 'given up',
} as const;

/** Where failures are kept, in the order of where they come from. */
function Kept({ flow: { queues, parked } }: Pick<Props, 'flow'>) {
  return (
    <ul class="way kept" aria-label="Where failures are kept">
      {Object.entries(failedIn).map(([place, unit]) => {
        const queue = queues.find(({ name }) => name === place);
        const hidden = queue && queue.hidden + queue.delayed;
        return (
          <Box
            key={place}
            name={place}
            from="↓"
            href={hrefOf(['failures'], { place })}
            tone={queue && queue.visible > 0 && 'bad'}
            figure={queue?.visible}
            unit={unit}
            facts={{ oldest: ageOf(queue), hidden: hidden || '' }}
          />
        );
      })}
      <Box
        name="ParkBucket"
        from="→"
        href={hrefOf(['failures'], { place: 'parked' })}
        tone={parked.count > 0 && 'warn'}
        figure={parked.count}
        unit={parked.isComplete ? 'parked' : 'and more parked'}
      />
    </ul>
  );
}

/** The stack as a picture: the way of an event above, where failures are kept below. */
export const Picture = ({ flow, rates }: Props) => (
  <div>
    <Way flow={flow} rates={rates} />
    <Kept flow={flow} />
  </div>
);
