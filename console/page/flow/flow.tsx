import { useState } from 'preact/hooks';
import type { ActionResult } from '../../../cli/dlq/failures/failure.ts';
import type { Flow, Rates } from '../../api.ts';
import { Done } from '../shared/dialog.tsx';
import { Loaded } from '../shared/parts.tsx';
import { usePolled } from '../shared/polled.ts';
import { Title, useCanSteer, usePace } from '../shared/stack.tsx';
import { Chart } from './chart.tsx';
import { Notices } from './notices.tsx';
import { PauseDialog } from './pause.tsx';
import { Picture } from './picture.tsx';

/** The whole stack at a glance: what flows, what waits, what failed, and what to do about it. */
export function FlowView() {
  const pace = usePace();
  const flow = usePolled<Flow>('flow', pace);
  // Metrics have one figure a minute, and cost on AWS.
  const rates = usePolled<Rates>('rates?minutes=60', pace * 6);
  const canSteer = useCanSteer();
  const [isAsking, ask] = useState(false);
  const [done, setDone] = useState<ActionResult>();
  const isPaused = flow.data?.pause !== undefined;
  const finish = (result: ActionResult): void => {
    setDone(result);
    ask(false);
    flow.refresh();
  };
  return (
    <>
      <div class="row">
        <Title text="Flow" />
        {canSteer && flow.data && (
          <button type="button" onClick={() => ask(true)}>
            {isPaused ? 'Resume…' : 'Pause…'}
          </button>
        )}
      </div>
      {done && <Done result={done} />}
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
      {isAsking && <PauseDialog {...{ isPaused }} onClose={() => ask(false)} onDone={finish} />}
    </>
  );
}
