import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import type {
  FailedMessage,
  FailureAction,
  FailurePlace,
} from '../../../cli/dlq/failures/failure.ts';
import { type Action, useAsk } from '../shared/action.tsx';
import { counted } from '../shared/parts.tsx';
import { StackContext, useCanSteer } from '../shared/stack.tsx';

/** The commands of `npm run dlq`, as buttons show them. */
type Verb = 'Redrive' | 'Park' | 'Unpark' | 'Drop';

const meanings: Readonly<Record<Verb, string>> = {
  Redrive:
    'Sends each message to exactly where it failed. One that can only fail again is parked instead.',
  Park: 'Moves each message to the park bucket, until somebody unparks it.',
  Unpark: 'Sends each message to exactly where it failed, with a new count of redrives.',
  Drop: 'Deletes each message for good: its change is not made. The log keeps ids and reason.',
};

/** The usual one first. */
export const verbsFor = (place: FailurePlace): readonly [Verb, ...Verb[]] =>
  place === 'parked' ? ['Unpark', 'Drop'] : ['Redrive', 'Park', 'Drop'];

const outcomes: Readonly<Record<NonNullable<FailureAction['outcome']>, string>> = {
  applied: 'Salesforce applied the change: reply without another call',
  notApplied: 'Salesforce did not apply it: call again',
};

const OutcomeChoice = () => (
  <fieldset>
    <legend>Nobody knows whether these took effect. Look in Salesforce first:</legend>
    {Object.entries(outcomes).map(([outcome, text]) => (
      <label key={outcome}>
        <input type="radio" name="outcome" value={outcome} required /> {text}
      </label>
    ))}
  </fieldset>
);

interface Props {
  readonly verb: Verb;
  readonly messages: readonly FailedMessage[];
  /** Completes the verb, for screen readers. */
  readonly what?: string;
  readonly onDone?: () => void;
}

/** Shows why the messages failed and what the action would do, and asks. */
function actionOf({ verb, messages, onDone = () => undefined }: Props, stack: string): Action {
  const place = messages[0]?.place ?? 'ApiCallDlq';
  const count = counted(messages.length, 'message');
  const isDangerous = verb === 'Drop';
  const isUnknown = verb === 'Unpark' && messages.some((one) => one.reason === 'OUTCOME_UNKNOWN');
  const causes = new Set(
    messages.map((one) => [`${one.reason}: ${one.why}`, one.message].filter(Boolean).join(' ')),
  );
  return {
    title: `${verb} ${count} of ${stack}?`,
    confirm: `${verb} ${count}`,
    isDangerous,
    isPreviewed: !isUnknown && !isDangerous,
    path: `failures/${verb.toLowerCase()}`,
    toBody: (fields): FailureAction => ({ place, ids: messages.map(({ id }) => id), ...fields }),
    onDone,
    children: (
      <>
        <p>{meanings[verb]}</p>
        <ul>
          {[...causes].map((cause) => (
            <li key={cause}>{cause}</li>
          ))}
        </ul>
        {isUnknown && <OutcomeChoice />}
        {isDangerous && (
          <label>
            Reason (required; the log keeps it) <input name="reason" required />
          </label>
        )}
      </>
    ),
  };
}

/** Asks whether to do something with the messages. */
export function Ask(props: Props) {
  const { verb, messages, what } = props;
  const ask = useAsk();
  const stack = useContext(StackContext)?.name ?? '';
  return (
    <button
      type="button"
      aria-label={what && `${verb} ${what}`}
      disabled={messages.length === 0}
      onClick={() => ask(actionOf(props, stack))}
    >
      {verb}…
    </button>
  );
}

interface AllProps extends Pick<Props, 'messages' | 'onDone'> {
  readonly place: FailurePlace;
  readonly children?: ComponentChildren;
}

/** Buttons for what can be done with the messages, for those who may. */
export const AskAll = ({ place, children, ...asked }: AllProps) =>
  useCanSteer() && (
    <div class="tool-bar">
      {children}
      {verbsFor(place).map((verb) => (
        <Ask key={verb} verb={verb} {...asked} />
      ))}
    </div>
  );
