import { useContext } from 'preact/hooks';
import type { Flow, Rates } from '../../api.ts';
import type { PauseAction } from '../../server/pause.ts';
import { type Action, Done, useAsk } from '../shared/action.tsx';
import { usePolled } from '../shared/data.ts';
import { Choice, Loaded } from '../shared/parts.tsx';
import { StackContext, Title, useCanSteer, usePace } from '../shared/stack.tsx';
import { Chart } from './chart.tsx';
import { Notices } from './notices.tsx';
import { Picture } from './picture.tsx';

const durations = { 15: '15 minutes', 60: '1 hour', 240: '4 hours', 1440: '1 day' };

const pauseOf = (stack: string): Action => ({
  title: 'Pause calls to Salesforce?',
  confirm: `Pause ${stack}`,
  path: 'pause',
  toBody: ({ minutes, ...reason }): PauseAction => ({ minutes: Number(minutes), ...reason }),
  children: (
    <>
      <p>Requests wait in ApiCallQueue without an attempt, and nothing is lost.</p>
      <Choice label="For" name="minutes" value="60" options={durations} />
      <label>
        Reason (optional) <input name="reason" />
      </label>
    </>
  ),
});

const resumeOf = (stack: string): Action => ({
  title: 'Resume calls to Salesforce?',
  confirm: `Resume ${stack}`,
  path: 'resume',
  toBody: () => ({}),
  children: <p>What waits in ApiCallQueue is sent again.</p>,
});

/** The whole stack at a glance: what flows, what waits, what failed, and what to do about it. */
export function FlowView() {
  const pace = usePace();
  const flow = usePolled<Flow>('flow', pace);
  // Metrics have one figure a minute, and cost on AWS.
  const rates = usePolled<Rates>('rates?minutes=60', pace * 6);
  const canSteer = useCanSteer();
  const stack = useContext(StackContext)?.name ?? '';
  const ask = useAsk();
  return (
    <>
      <div class="tool-bar">
        <Title text="Flow" />
        {canSteer && flow.data && (
          <button
            type="button"
            onClick={() => ask(flow.data?.pause ? resumeOf(stack) : pauseOf(stack))}
          >
            {flow.data.pause ? 'Resume…' : 'Pause…'}
          </button>
        )}
      </div>
      <Done />
      <Loaded of={flow}>
        {(data) => (
          <>
            <Notices flow={data} />
            <Picture flow={data} rates={rates.data} />
          </>
        )}
      </Loaded>
      <h2>Last 60 minutes</h2>
      <Loaded of={rates}>{(data) => <Chart rates={data} />}</Loaded>
    </>
  );
}
