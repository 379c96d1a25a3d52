import { parseArgs } from 'node:util';
import { StackError } from '../stack/errors.ts';
import { runDemo } from './run.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

if (values.help) {
  console.log(
    'npm run demo [-- --json]\n\nStarts the local stack, sends webhooks and events through it step by step, and stops it.',
  );
} else {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort(new StackError('Interrupted.')));
  process.on('SIGTERM', () => interrupted.abort(new StackError('Interrupted.')));
  process.exitCode = (await runDemo({ json: values.json, signal: interrupted.signal })) ? 0 : 1;
}
