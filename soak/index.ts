import { runEntry } from '../cli/entry.ts';
import { StackError } from '../local/stack/errors.ts';

const interrupted = new AbortController();

await runEntry(
  async ({ args, terminal }) => {
    const { main } = await import('./program.ts');
    return main(args, { ...terminal, signal: interrupted.signal });
  },
  {
    onInterrupt: () => interrupted.abort(new StackError('Interrupted.')),
    afterInterrupt: 'To stop what still runs: npm run local:down',
  },
);
