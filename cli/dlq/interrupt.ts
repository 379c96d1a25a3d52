/** What is said at the first Ctrl-C. */
const STOPPING =
  'Stopping after the running slice. Ctrl-C again ends at once; what that slice does is not known then.';

type Signals = Pick<NodeJS.Process, 'on' | 'exit'>;

/** The first Ctrl-C aborts the signal, so that the running slice comes to its end; the second ends the process. */
export function stopOnInterrupt(signals: Signals, complain: (text: string) => void): AbortSignal {
  const stop = new AbortController();
  signals.on('SIGINT', () => {
    if (stop.signal.aborted) signals.exit(130);
    complain(STOPPING);
    stop.abort();
  });
  return stop.signal;
}
