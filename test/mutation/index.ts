import { runEntry } from '../../cli/entry.ts';
import { modules } from './modules.ts';

const HELP = `
Examples:
  npm run mutation
  npm run mutation -- verification
  npm run mutation -- functions/salesforce-apicall/outcome/retry.ts

Modules:
${modules.map(({ name }) => `  ${name}`).join('\n')}`;

await runEntry(async ({ args, terminal }) => {
  const { createProgram, runProgram } = await import('../../cli/program.ts');
  let isGood = true;
  const program = createProgram(
    'mutation',
    'Changes the modules that decide, one small change at a time, and verifies that their tests notice. Installs Stryker first.',
    terminal,
  )
    .argument('[names...]', 'modules, or files of them (default: everything)')
    .addHelpText('after', HELP)
    .action(async (names: readonly string[]) => {
      const { runMutation } = await import('./mutation.ts');
      isGood = await runMutation(names, terminal);
    });
  return (await runProgram(program, args, terminal)) || (isGood ? 0 : 1);
});
