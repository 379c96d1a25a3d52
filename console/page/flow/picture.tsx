import type { ComponentChildren } from 'preact';
import type { FailurePlace, Flow, QueueDepth, QueueName, Rates } from '../../api.ts';
import { hrefOf } from '../shared/address.ts';
import { Badge, Facts, type Tone } from '../shared/parts.tsx';
import { durationOf } from '../shared/time.tsx';

interface Station {
  readonly name: string;
  readonly href?: string;
  readonly tone?: Tone;
  readonly count?: number | undefined;
  readonly unit?: string;
  readonly facts?: Readonly<Record<string, ComponentChildren>>;
}

const numberOf = (count: number | undefined): string => count?.toLocaleString('en') ?? '–';
const sumOf = (counts: readonly number[] | undefined): number | undefined =>
  counts?.reduce((sum, one) => sum + one, 0);
const ageOf = (queue: QueueDepth | undefined): string =>
  queue?.oldestAgeSeconds === undefined ? '' : durationOf(queue.oldestAgeSeconds);

function Box({ name, href, tone = 'calm', count, unit, facts = {} }: Station) {
  return (
    <li class={`station ${tone}`}>
      <h3>{href ? <a href={href}>{name}</a> : name}</h3>
      {unit && (
        <p class="figure">
          {numberOf(count)} <small>{unit}</small>
        </p>
      )}
      <Facts facts={facts} />
    </li>
  );
}

const usageOf = ({ percent }: NonNullable<Flow['apiUsage']>) => (
  <>
    {Math.round(percent)} % of the day
    <meter aria-label="Daily API calls used" value={percent} max={100} high={80} />
  </>
);

/** The way of an event. Counts are of the chart's time. */
function way({ queues, breaker, pause, apiUsage }: Flow, rates: Rates | undefined): Station[] {
  const queue = queues.find(({ name }) => name === 'ApiCallQueue');
  const isOpen = breaker.length > 0;
  return [
    {
      name: 'Webhooks',
      href: hrefOf(['connections']),
      count: sumOf(rates?.accepted),
      unit: 'accepted',
      facts: { rejected: numberOf(sumOf(rates?.rejected)) },
    },
    { name: 'Event bus', href: hrefOf(['events']), facts: { rules: 'choose the targets' } },
    {
      name: 'ApiCallQueue',
      count: queue?.visible,
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
      count: sumOf(rates?.succeeded),
      unit: 'succeeded',
      facts: {
        failed: numberOf(sumOf(rates?.failed)),
        breaker: isOpen ? <Badge tone="bad">open</Badge> : 'closed',
        calls: pause ? <Badge tone="warn">paused</Badge> : 'running',
      },
    },
    { name: 'Salesforce', facts: { 'API calls': apiUsage ? usageOf(apiUsage) : 'not known yet' } },
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
      count: queue?.visible,
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
      count: parked.count,
      unit: parked.isComplete ? 'parked' : 'and more parked',
    },
  ];
}

/** The stack as a picture: the way of an event above, where failures are kept below. */
export const Picture = ({ flow, rates }: { flow: Flow; rates: Rates | undefined }) => (
  <div class="picture">
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
