import { addJsonOption, addStackOptions, FOLDER } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { DoctorOptions } from './inventory.ts';
import type { Dependencies } from './run.ts';

const HELP = `
Examples:
  npm run doctor
  npm run doctor -- --stack-name orders --json
  npm run doctor -- --local
  npm run doctor -- --drift

Exit codes: 0 no problem found, 1 at least one check failed, 2 some or all checks could not run.`;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  let exitCode = 0;
  const description =
    'Checks a deployed stack and reports each problem with its remedy. Changes nothing.';
  const program = createProgram('doctor', description, dependencies)
    .option('--drift', 'also have CloudFormation compare every resource with its template')
    .option('--folder <folder>', "the folder of the environments' files", FOLDER)
    .addHelpText('after', HELP)
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./run.ts');
      exitCode = await runDoctor(options, dependencies);
    });
  addJsonOption(addStackOptions(program));
  return (await runProgram(program, args, dependencies)) || exitCode;
}
