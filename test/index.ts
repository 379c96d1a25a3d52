import { runEntry } from '../cli/entry.ts';

const EXAMPLES = `
Examples:
  npm test
  npx vitest run --project unit test/cli

The projects of vitest are unit, conformance, deployment and end-to-end.`;

await runEntry(async ({ args, terminal }) => {
  const { createProgram, runProgram } = await import('../cli/program.ts');
  let isPassed = true;
  const program = createProgram(
    'test',
    'Runs every check and all tests: format, lint, unused code, types, and the projects of vitest. Needs no AWS account.',
    terminal,
  )
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      const { run } = await import('./run.ts');
      isPassed = await run();
    });
  return (await runProgram(program, args, terminal)) || (isPassed ? 0 : 1);
});
