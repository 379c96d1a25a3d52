import { setTimeout } from 'node:timers/promises';
import { readLine } from '../terminal.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { createOutput } from './output.ts';
import { main } from './program.ts';
import { connect } from './world.ts';

const { stdin: input, stdout, stderr: output } = process;
const { complain, print, progress } = createOutput(stdout, output);
const stop = stopOnInterrupt(process, complain);

process.exitCode = await main(process.argv.slice(2), {
  print,
  complain,
  progress,
  ask: input.isTTY ? (prompt) => readLine({ input, output }, prompt) : undefined,
  connect,
  stop,
  sleep: (ms) => setTimeout(ms, undefined, { signal: stop }).catch(() => undefined),
});
