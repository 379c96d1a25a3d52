import { Command } from 'commander';
import { StackError } from '../stack/errors.ts';
import { runDemo } from './run.ts';

const program = new Command('npm run demo --')
  .description(
    'Starts the local stack, sends webhooks and events through it step by step, and stops it.',
  )
  .option('--json', 'print one JSON object at the end instead of the list of steps');

program.action(async ({ json = false }: { json?: boolean }) => {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort(new StackError('Interrupted.')));
  process.on('SIGTERM', () => interrupted.abort(new StackError('Interrupted.')));
  process.exitCode = (await runDemo({ json, signal: interrupted.signal })) ? 0 : 1;
});

await program.parseAsync();
