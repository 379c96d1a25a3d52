import { toJson } from '../../cli/format.ts';
import { addJsonOption } from '../../cli/options.ts';
import { createProgram, runProgram } from '../../cli/program.ts';
import type { Terminal } from '../../cli/terminal.ts';

interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const { print, signal } = dependencies;
  let exitCode = 0;
  const program = createProgram(
    'demo',
    'Starts the local stack, sends webhooks and events through it step by step, and stops it.',
    dependencies,
  )
    .addHelpText('after', '\nExamples:\n  npm run demo\n  npm run demo -- --json')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { runDemo } = await import('./run.ts');
      const { ok, steps } = await runDemo({ json, signal });
      if (json) print(toJson('demo', ok, { steps }));
      if (!ok) exitCode = signal.aborted ? 130 : 1;
    });
  return (await runProgram(addJsonOption(program), args, dependencies)) || exitCode;
}
