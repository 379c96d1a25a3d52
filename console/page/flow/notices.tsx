import type { ComponentChildren } from 'preact';
import type { FailurePlace } from '../../../cli/dlq/failures/failure.ts';
import type { Flow } from '../../api.ts';
import { hrefOf } from '../shared/address.ts';
import { counted, ProblemNote, type Tone } from '../shared/parts.tsx';
import { Time } from '../shared/time.tsx';

const Notice = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <li class={`box color ${tone}`}>{children}</li>
);

/** Queues of messages that failed, with what that means. */
const failedIn: Readonly<Record<string, string>> = {
  ApiCallDlq: 'apicall gave up on',
  RuleDlq: 'a rule could not deliver',
  SpillQueue: 'the bus refused',
};

const Messages = ({ place, count }: { place: string; count: number }) => (
  <a href={hrefOf(['failures'], { place })}>{counted(count, 'message')}</a>
);

const ParkedNotice = ({ count, isComplete, byReason }: Flow['parked']) => (
  <Notice tone="warn">
    {!isComplete && 'At least '}
    <Messages place={'parked' satisfies FailurePlace} count={count} /> parked for a person to
    decide:{' '}
    {Object.entries(byReason)
      .map(([reason, one]) => `${reason} ${one}`)
      .join(', ')}
    .
  </Notice>
);

const BreakerNotice = ({ scope, reason, openUntil }: NonNullable<Flow['breaker']>) => (
  <Notice tone="bad">
    The circuit breaker is open for {scope} until <Time at={openUntil} />: {reason}
  </Notice>
);

const PauseNotice = ({ since, until, reason }: NonNullable<Flow['pause']>) => (
  <Notice tone="warn">
    Paused since <Time at={since} /> until <Time at={until} />
    {reason && `: ${reason}`}
  </Notice>
);

const AlarmNotice = ({ logicalId, since, description, state }: Flow['alarms'][number]) => (
  <Notice tone={state === 'ALARM' ? 'bad' : 'plain'}>
    <strong>{logicalId}</strong> {state === 'ALARM' ? 'is in alarm' : 'has no data'}
    {since && ' since '}
    {since && <Time at={since} />}
    {state === 'ALARM' && <p>{description}</p>}
  </Notice>
);

/** What needs a person, the most urgent first, or that nothing does. */
export function Notices({ flow }: { readonly flow: Flow }) {
  const { alarms, breaker, parked, pause, problems, queues } = flow;
  const failed = queues.filter(({ name, visible }) => name in failedIn && visible > 0);
  const alarming = alarms.filter(({ state }) => state === 'ALARM');
  const silent = alarms.filter(({ state }) => state !== 'ALARM');
  const needed = failed.length + alarming.length + parked.count + problems.length;
  return (
    <>
      {problems.map((problem) => (
        <ProblemNote key={problem.message} problem={problem} />
      ))}
      <ul aria-label="What needs attention">
        {needed === 0 && !breaker && !pause && (
          <Notice tone="ok">Nothing has failed, and nothing waits for a person.</Notice>
        )}
        {breaker && <BreakerNotice {...breaker} />}
        {failed.map(({ name, visible }) => (
          <Notice key={name} tone="bad">
            <Messages place={name} count={visible} /> that {failedIn[name]}, in {name}.
          </Notice>
        ))}
        {alarming.map((alarm) => (
          <AlarmNotice key={alarm.name} {...alarm} />
        ))}
        {pause && <PauseNotice {...pause} />}
        {parked.count > 0 && <ParkedNotice {...parked} />}
        {silent.map((alarm) => (
          <AlarmNotice key={alarm.name} {...alarm} />
        ))}
      </ul>
    </>
  );
}
