import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { ActionResult } from '../../../cli/dlq/failures/failure.ts';
import { ProblemNote } from './parts.tsx';
import { usePost } from './post.ts';

interface Props {
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  /** What is posted where on confirmation. */
  readonly path: string;
  readonly body: object;
  readonly onClose: () => void;
  readonly onDone: (result: ActionResult) => void;
  readonly children: ComponentChildren;
}

/** Asks before an action. Escape and Cancel do nothing; focus returns to where it was. */
export function ActionDialog(props: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { isBusy = false, problem, send } = usePost<ActionResult>(props.path);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const result = await send(props.body);
    if (result !== undefined) props.onDone(result);
  };
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={props.onClose}>
      <form onSubmit={submit}>
        <h2 id={titleId}>{props.title}</h2>
        {props.children}
        {problem && <ProblemNote problem={problem} />}
        <div class="row">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={props.isDangerous ? 'danger' : 'primary'} disabled={isBusy}>
            {isBusy ? 'Working…' : props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** What an action did: takes the focus, so that keyboards and screen readers are there. */
export function Done({ result }: { readonly result: ActionResult }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), [result]);
  const { failed = 0, refused = 0, 'not found': missing = 0 } = result.results;
  const tone = failed + refused + missing > 0 ? 'warn' : 'good';
  return (
    <div ref={note} class={`note ${tone}`} role="status" tabIndex={-1}>
      {result.summary}
    </div>
  );
}
