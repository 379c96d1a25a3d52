import { runEntry } from '../cli/entry.ts';

await runEntry(async ({ args, terminal }) => {
  const { createProgram, runProgram } = await import('../cli/program.ts');
  let isClean = true;
  const program = createProgram(
    'packages',
    "Writes the bill of materials, and looks the npm packages up in the registry's advisories.",
    terminal,
  )
    .addHelpText('after', '\nExamples:\n  npm run packages')
    .action(async () => {
      const { auditPackages } = await import('./packages.ts');
      isClean = await auditPackages();
    });
  return (await runProgram(program, args, terminal)) || (isClean ? 0 : 1);
});
