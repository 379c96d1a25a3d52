import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { ActionResult } from '../../../cli/dlq/failures/failure.ts';
import { ResultContext, usePost } from './data.ts';
import { ProblemNote } from './parts.tsx';

/** Something that is done once it is confirmed. */
export interface Action {
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly path: string;
  /** What is posted. @param fields values of the named fields in `children`, without empty ones. */
  readonly toBody: (fields: Readonly<Record<string, string>>) => object;
  readonly isDangerous?: boolean;
  /** Tried without effect when the dialog opens. */
  readonly isPreviewed?: boolean;
  /** What the dialog explains and asks. */
  readonly children: ComponentChildren;
  readonly onDone?: () => void;
}

const AskContext = createContext<(action: Action) => void>(() => undefined);

/** Opens the dialog of an action. */
export const useAsk = () => useContext(AskContext);

/** What the action would do, from its dry run. */
function Preview({ path, toBody }: Action) {
  const { data, problem, send } = usePost<ActionResult>(path);
  useEffect(() => void send({ ...toBody({}), dryRun: true }), []);
  return (
    <div aria-live="polite" class="box">
      {problem ? <ProblemNote problem={problem} /> : (data?.summary ?? 'Trying it without effect…')}
    </div>
  );
}

interface DialogProps {
  readonly action: Action;
  /** @param result of the action, if it was done. */
  readonly close: (result?: ActionResult) => void;
}

/** Asks before an action. Escape and Cancel do nothing; focus returns to where it was. */
function Dialog({ action, close }: DialogProps) {
  const { title, confirm, path, toBody, isDangerous, isPreviewed, children } = action;
  const dialog = useRef<HTMLDialogElement>(null);
  const { isBusy = false, problem, send } = usePost<ActionResult>(path);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const submit = async (event: Event & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    const result = await send(toBody(Object.fromEntries(given) as Record<string, string>));
    if (result !== undefined) close(result);
  };
  return (
    <dialog ref={dialog} aria-label={title} onClose={() => close()}>
      <form onSubmit={submit}>
        <h2>{title}</h2>
        {children}
        {isPreviewed && <Preview {...action} />}
        {problem && <ProblemNote problem={problem} />}
        <div class="tool-bar">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <strong>
            <button type="submit" class={isDangerous ? 'bad' : ''} disabled={isBusy}>
              {isBusy ? 'Working…' : confirm}
            </button>
          </strong>
        </div>
      </form>
    </dialog>
  );
}

/** What the last action did: takes the focus, so that keyboards and screen readers are there. */
export function Done() {
  const result = useContext(ResultContext);
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), [result]);
  if (result === undefined) return null;
  const { failed = 0, refused = 0, 'not found': missing = 0 } = result.results;
  const tone = failed + refused + missing > 0 ? 'warn' : 'ok';
  return (
    <div ref={note} class={`box color ${tone}`} role="status" tabIndex={-1}>
      {result.summary}
    </div>
  );
}

/** Lets what is inside ask for actions. A result is known until another `place` is shown. */
export function Actions({ place, children }: { place: string; children: ComponentChildren }) {
  const [action, ask] = useState<Action>();
  const [result, setResult] = useState<ActionResult>();
  useEffect(() => setResult(undefined), [place]);
  const close = (done?: ActionResult): void => {
    ask(undefined);
    if (done === undefined) return;
    setResult(done);
    action?.onDone?.();
  };
  return (
    <AskContext.Provider value={ask}>
      <ResultContext.Provider value={result}>
        {children}
        {action && <Dialog action={action} close={close} />}
      </ResultContext.Provider>
    </AskContext.Provider>
  );
}
