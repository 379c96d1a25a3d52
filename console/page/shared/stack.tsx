import { createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { StackInfo } from '../../api.ts';

/** The stack that the page shows. */
export const StackContext = createContext<StackInfo | undefined>(undefined);

/**
 * Seconds between two readings: the local stack is followed as it works; on AWS each reading counts against the quotas
 * of the operator's account.
 */
export const usePace = (): number => (useContext(StackContext)?.isLocal ? 3 : 10);

/** Whether actions are offered. */
export const useCanSteer = (): boolean => useContext(StackContext)?.canSteer ?? false;

/** Completes a command of this project, such as `npm run dlq -- show ID`, with the options for the stack. */
export function useCommand(): (command: string) => string {
  const stack = useContext(StackContext);
  const options = stack?.isLocal ? '--local' : `--stack-name ${stack?.name}`;
  return (command) => `${command} ${options}`;
}

/** A view's heading: takes the focus and the scroll position when a link has led here. */
export function Title({ text }: { readonly text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const stack = useContext(StackContext)?.name;
  useEffect(() => {
    document.title = [text, stack].filter(Boolean).join(' · ');
  }, [text, stack]);
  useEffect(() => {
    if (history.length > 1) heading.current?.focus({ preventScroll: true });
    // An entry of the history that was seen before keeps the position that the browser restores.
    if (history.state !== null) return;
    scrollTo(0, 0);
    history.replaceState('seen', '');
  }, [text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
    </h1>
  );
}
