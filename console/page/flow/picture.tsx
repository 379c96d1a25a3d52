import type { ComponentChildren } from 'preact';
import type { FailurePlace, Flow, QueueDepth, QueueName, Rates } from '../../api.ts';
import { hrefOf } from '../shared/address.ts';
import { Badge, Facts, type Tone } from '../shared/parts.tsx';
import { durationOf } from '../shared/time.tsx';

interface Station {
  readonly name: string;
  readonly href?: string;
  readonly tone?: Tone;
  /** The figure that matters most. */
  readonly figure?: string;
  readonly unit: string;
  readonly facts?: Readonly<Record<string, ComponentChildren>>;
}

const numberOf = (count: number | undefined): string => count?.toLocaleString('en') ?? '–';
const sumOf = (counts: readonly number[] | undefined): number | undefined =>
  counts?.reduce((sum, one) => sum + one, 0);
const ageOf = (queue: QueueDepth | undefined): string =>
  queue?.oldestAgeSeconds === undefined ? '' : durationOf(queue.oldestAgeSeconds);

function Box({ name, href, tone = 'calm', figure, unit, facts = {} }: Station) {
  return (
    <li class={`station ${tone}`}>
      <h2>{href ? <a href={href}>{name}</a> : name}</h2>
      <p class="figure">
        {figure} <small>{unit}</small>
      </p>
      <Facts facts={facts} />
    </li>
  );
}

/** The way of an event. Counts are of the chart's time. */
function way({ queues, breaker, pause, apiUsage }: Flow, rates: Rates | undefined): Station[] {
  const queue = queues.find(({ name }) => name === 'ApiCallQueue');
  const isOpen = breaker.length > 0;
  return [
    {
      name: 'Webhooks',
      href: hrefOf(['connections']),
      figure: numberOf(sumOf(rates?.accepted)),
      unit: 'accepted',
      facts: { rejected: numberOf(sumOf(rates?.rejected)) },
    },
    { name: 'Event bus', href: hrefOf(['events']), unit: 'rules choose the targets' },
    {
      name: 'ApiCallQueue',
      figure: numberOf(queue?.visible),
      unit: 'waiting',
      facts: {
        'in flight': numberOf(queue?.inFlight),
        delayed: queue?.delayed || '',
        oldest: ageOf(queue),
      },
    },
    {
      name: 'apicall',
      tone: isOpen ? 'bad' : pause ? 'warn' : 'calm',
      figure: numberOf(sumOf(rates?.succeeded)),
      unit: 'succeeded',
      facts: {
        failed: numberOf(sumOf(rates?.failed)),
        breaker: isOpen ? <Badge tone="bad">open</Badge> : 'closed',
        calls: pause ? <Badge tone="warn">paused</Badge> : 'running',
      },
    },
    {
      name: 'Salesforce',
      figure: apiUsage ? `${Math.round(apiUsage.percent)} %` : '–',
      unit: 'of the daily calls',
    },
  ];
}

/** Where failures are kept, in the order of where they come from. */
function kept({ queues, parked }: Flow): Station[] {
  const stationOf = (name: QueueName & FailurePlace, unit: string): Station => {
    const queue = queues.find((one) => one.name === name);
    const hidden = (queue?.inFlight ?? 0) + (queue?.delayed ?? 0);
    return {
      name,
      href: hrefOf(['failures'], { place: name }),
      tone: queue?.visible ? 'bad' : 'calm',
      figure: numberOf(queue?.visible),
      unit,
      facts: { oldest: ageOf(queue), hidden: hidden || '' },
    };
  };
  return [
    stationOf('SpillQueue', 'refused by the bus'),
    stationOf('RuleDlq', 'undeliverable'),
    stationOf('ApiCallDlq', 'given up'),
    {
      name: 'ParkBucket',
      href: hrefOf(['failures'], { place: 'parked' }),
      tone: parked.count > 0 ? 'warn' : 'calm',
      figure: numberOf(parked.count),
      unit: parked.isComplete ? 'parked' : 'and more parked',
    },
  ];
}

/** The stack as a picture: the way of an event above, where failures are kept below. */
export const Picture = ({ flow, rates }: { flow: Flow; rates: Rates | undefined }) => (
  <div>
    <ol class="way" aria-label="The way of an event">
      {way(flow, rates).map((station) => (
        <Box key={station.name} {...station} />
      ))}
    </ol>
    <ul class="kept" aria-label="Where failures are kept">
      {kept(flow).map((station) => (
        <Box key={station.name} {...station} />
      ))}
    </ul>
  </div>
);
