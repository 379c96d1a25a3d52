import type { ComponentChildren } from 'preact';
import type { FailurePlace, Flow, QueueName } from '../../api.ts';
import { hrefOf } from '../shared/address.ts';
import { counted, ProblemNote, type Tone } from '../shared/parts.tsx';
import { Time } from '../shared/time.tsx';

interface Notice {
  readonly key: string;
  readonly tone: Tone;
  readonly text: ComponentChildren;
}

/** Queues of messages that failed, with what that means. */
const failedIn: readonly (readonly [QueueName & FailurePlace, string])[] = [
  ['ApiCallDlq', 'apicall gave up on'],
  ['RuleDlq', 'a rule could not deliver'],
  ['SpillQueue', 'the bus refused'],
];

const linkTo = (place: FailurePlace, count: number) => (
  <a href={hrefOf(['failures'], { place })}>{counted(count, 'message')}</a>
);

function failures({ queues, parked }: Flow): Notice[] {
  const depths = new Map(queues.map(({ name, visible }) => [name, visible]));
  const found = failedIn.flatMap(([place, who]): Notice[] => {
    const text = (
      <>
        {linkTo(place, depths.get(place) ?? 0)} that {who}, in {place}.
      </>
    );
    return depths.get(place) ? [{ key: place, tone: 'bad', text }] : [];
  });
  if (parked.count === 0) return found;
  const reasons = Object.entries(parked.byReason).map(([reason, count]) => `${reason} ${count}`);
  const text = (
    <>
      {parked.isComplete ? '' : 'More than '}
      {linkTo('parked', parked.count)} parked for a person to decide: {reasons.join(', ')}.
    </>
  );
  return [...found, { key: 'parked', tone: 'warn', text }];
}

function brakes({ pause, breaker }: Flow): Notice[] {
  const open = breaker.map(({ scope, reason, openUntil }): Notice => {
    const until = <Time at={openUntil} />;
    return {
      key: scope,
      tone: 'bad',
      text: (
        <>
          The circuit breaker is open for {scope} until {until}: {reason}
        </>
      ),
    };
  });
  if (pause === undefined) return open;
  const text = (
    <>
      Paused since <Time at={pause.since} /> until <Time at={pause.until} />
      {pause.reason && `: ${pause.reason}`}
    </>
  );
  return [{ key: 'pause', tone: 'warn', text }, ...open];
}

const alarmed = ({ alarms }: Flow): Notice[] =>
  alarms.map(({ name, logicalId, since, description, state }) => ({
    key: name,
    tone: state === 'ALARM' ? 'bad' : 'calm',
    text: (
      <>
        <strong>{logicalId}</strong> {state === 'ALARM' ? 'is in alarm' : 'has no data'}
        {since && (
          <>
            {' '}
            since <Time at={since} />
          </>
        )}
        {state === 'ALARM' && <p>{description}</p>}
      </>
    ),
  }));

const quiet: Notice = {
  key: 'quiet',
  tone: 'good',
  text: 'Nothing has failed, and nothing waits for a person.',
};

const urgency: readonly Tone[] = ['bad', 'warn', 'calm'];

/** What needs a person, or that nothing does. */
export function Notices({ flow }: { readonly flow: Flow }) {
  const found = [...brakes(flow), ...failures(flow), ...alarmed(flow)].sort(
    (a, b) => urgency.indexOf(a.tone) - urgency.indexOf(b.tone),
  );
  const isQuiet = flow.problems.length === 0 && found.every(({ tone }) => tone === 'calm');
  return (
    <>
      {flow.problems.map((problem) => (
        <ProblemNote key={problem.message} problem={problem} />
      ))}
      <ul class="notices" aria-label="What needs attention">
        {[...(isQuiet ? [quiet] : []), ...found].map(({ key, tone, text }) => (
          <li key={key} class={`note ${tone}`}>
            {text}
          </li>
        ))}
      </ul>
    </>
  );
}
