import { useContext, useState } from 'preact/hooks';
import type { ActionResult } from '../../../cli/dlq/failures/failure.ts';
import type { PauseAction } from '../../server/pause.ts';
import { ActionDialog } from '../shared/dialog.tsx';
import { Choice, Field } from '../shared/fields.tsx';
import { StackContext } from '../shared/stack.tsx';

interface Props {
  readonly isPaused: boolean;
  readonly onClose: () => void;
  readonly onDone: (result: ActionResult) => void;
}

const durations = { 15: '15 minutes', 60: '1 hour', 240: '4 hours', 1440: '1 day' };

/** Asks before apicall is paused or resumed. */
export function PauseDialog({ isPaused, onClose, onDone }: Props) {
  const name = useContext(StackContext)?.name ?? '';
  const [minutes, setMinutes] = useState('60');
  const [reason, setReason] = useState('');
  const verb = isPaused ? 'Resume' : 'Pause';
  const body: PauseAction = isPaused
    ? {}
    : { minutes: Number(minutes), ...(reason !== '' && { reason }) };
  return (
    <ActionDialog
      title={`${verb} calls to Salesforce?`}
      confirm={`${verb} ${name}`}
      path={verb.toLowerCase()}
      {...{ body, onClose, onDone }}
    >
      {isPaused ? (
        <p>What waits in ApiCallQueue is sent again.</p>
      ) : (
        <>
          <p>Requests wait in ApiCallQueue without an attempt, and nothing is lost.</p>
          <Choice label="For" value={minutes} options={durations} choose={setMinutes} />
          <Field label="Reason (optional)" value={reason} change={setReason} />
        </>
      )}
    </ActionDialog>
  );
}
