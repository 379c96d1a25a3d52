import { runEntry } from '../cli/entry.ts';

await runEntry(async ({ args, terminal }) => {
  const { createProgram, runProgram } = await import('../cli/program.ts');
  const program = createProgram(
    'docs',
    'Writes the pages and JSON Schemas of docs/ that are made from the template and the code.',
    terminal,
  )
    .addHelpText('after', '\nExamples:\n  npm run docs')
    .action(async () => {
      const { writeGenerated } = await import('./generate.ts');
      writeGenerated();
    });
  return runProgram(program, args, terminal);
});
