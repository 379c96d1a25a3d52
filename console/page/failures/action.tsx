import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type {
  ActionResult,
  FailedMessage,
  FailureAction,
  FailurePlace,
} from '../../../cli/dlq/failures/failure.ts';
import { ActionDialog } from '../shared/dialog.tsx';
import { Field } from '../shared/fields.tsx';
import { counted, ProblemNote } from '../shared/parts.tsx';
import { usePost } from '../shared/post.ts';
import { StackContext, useCanSteer } from '../shared/stack.tsx';

/** The commands of `npm run dlq`, as buttons show them. */
export type Action = 'Redrive' | 'Park' | 'Unpark' | 'Drop';

/** An action that waits for its confirmation. */
export interface Asked {
  readonly action: Action;
  readonly place: FailurePlace;
  readonly messages: readonly FailedMessage[];
}

/** The usual one first. */
export const actionsFor = (place: FailurePlace): readonly [Action, ...Action[]] =>
  place === 'parked' ? ['Unpark', 'Drop'] : ['Redrive', 'Park', 'Drop'];

const meanings: Readonly<Record<Action, string>> = {
  Redrive:
    'Sends each message to exactly where it failed. One that can only fail again is parked instead.',
  Park: 'Moves each message to the park bucket, until somebody unparks it.',
  Unpark: 'Sends each message to exactly where it failed, with a new count of redrives.',
  Drop: 'Deletes each message for good: its change is not made. The log keeps ids and reason.',
};

interface ActionsProps extends Omit<Asked, 'action'> {
  readonly onAsk: (asked: Asked) => void;
  readonly children?: ComponentChildren;
}

/** Buttons for what can be done with the messages, for those who may. */
export const Actions = ({ onAsk, children, ...asked }: ActionsProps) =>
  useCanSteer() && (
    <div class="row">
      {children}
      {actionsFor(asked.place).map((action) => (
        <button
          key={action}
          type="button"
          disabled={asked.messages.length === 0}
          onClick={() => onAsk({ action, ...asked })}
        >
          {action}…
        </button>
      ))}
    </div>
  );

type Outcome = NonNullable<FailureAction['outcome']>;

const outcomes: readonly (readonly [Outcome, string])[] = [
  ['applied', 'Salesforce applied the change: reply without another call'],
  ['notApplied', 'Salesforce did not apply it: call again'],
];

const OutcomeChoice = ({ choose }: { readonly choose: (outcome: Outcome) => void }) => (
  <fieldset>
    <legend>Nobody knows whether these took effect. Look in Salesforce first:</legend>
    {outcomes.map(([outcome, text]) => (
      <label key={outcome}>
        <input type="radio" name="outcome" required onChange={() => choose(outcome)} />
        {text}
      </label>
    ))}
  </fieldset>
);

/** What the action would do, from its dry run. */
function Preview({ path, body }: { readonly path: string; readonly body: FailureAction }) {
  const { result, problem, send } = usePost<ActionResult>(path);
  useEffect(() => void send({ ...body, dryRun: true }), []);
  return (
    <div aria-live="polite" class="note">
      {problem && <ProblemNote problem={problem} />}
      {!problem && <p>{result?.summary ?? 'Trying it without effect…'}</p>}
    </div>
  );
}

interface Props {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDone: (result: ActionResult) => void;
}

/** Shows why the messages failed and what the action would do, and asks. */
export function FailureDialog({ asked: { action, place, messages }, onClose, onDone }: Props) {
  const stack = useContext(StackContext)?.name ?? '';
  const [reason, setReason] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const count = counted(messages.length, 'message');
  const isUnknown =
    action === 'Unpark' && messages.some((message) => message.reason === 'OUTCOME_UNKNOWN');
  const path = `failures/${action.toLowerCase()}`;
  const body: FailureAction = { place, ids: messages.map(({ id }) => id) };
  const given = { ...(reason !== '' && { reason }), ...(outcome !== undefined && { outcome }) };
  const causes = new Set(messages.map((message) => `${message.reason}: ${message.why}`));
  return (
    <ActionDialog
      title={`${action} ${count} of ${stack}?`}
      confirm={`${action} ${count}`}
      isDangerous={action === 'Drop'}
      path={path}
      body={{ ...body, ...given }}
      {...{ onClose, onDone }}
    >
      <p>{meanings[action]}</p>
      <ul>
        {[...causes].map((cause) => (
          <li key={cause}>{cause}</li>
        ))}
      </ul>
      {isUnknown && <OutcomeChoice choose={setOutcome} />}
      {action === 'Drop' && (
        <Field
          label="Reason (required; the log keeps it)"
          value={reason}
          change={setReason}
          isRequired
        />
      )}
      {!isUnknown && action !== 'Drop' && <Preview path={path} body={body} />}
    </ActionDialog>
  );
}
