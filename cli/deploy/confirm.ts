import type { SourceTemplate } from '../../local/template/source.ts';
import { type Asking, askYesNo } from '../environment/ask.ts';
import { type Environment, shownPath } from '../environment/file.ts';
import { CliError, InterruptedError } from '../errors.ts';
import type { Before } from './before.ts';
import { type Change, describeChanges, refusedReplacements } from './changes.ts';
import { askingOf, type Dependencies, type DeployOptions } from './options.ts';
import {
  type Difference,
  differences,
  effectiveDifferences,
  effectiveValues,
} from './parameters.ts';

const ORIGINS: Readonly<Record<Difference['origin'], string>> = {
  set: '--set',
  file: 'the file',
  default: "the template's default",
  'new default': "the template's new default",
};

const differenceLine = ({ deployed, name, next, origin }: Difference): string =>
  `  ${name}: ${deployed || '(empty)'} is deployed; ${ORIGINS[origin]} says ${next || '(empty)'}`;

/** Ctrl-C at the question means no. */
const confirms = (asking: Asking, message: string): Promise<boolean> =>
  askYesNo(asking, message).catch((error: unknown) => {
    if (error instanceof InterruptedError) return false;
    throw error;
  });

/** Lists the deployed values that differ; those that this command line doesn't name are confirmed. */
export async function confirmDifferences(
  template: SourceTemplate,
  environment: Environment,
  { deployed, logicalIds }: Before,
  options: DeployOptions,
  dependencies: Dependencies,
): Promise<void> {
  if (deployed === undefined) return;
  const { parameters } = environment;
  const all = effectiveDifferences(
    template,
    effectiveValues(template, parameters, logicalIds),
    differences(template, parameters, options.set, deployed),
  );
  const open = all.filter(({ origin }) => origin === 'file' || origin === 'default');
  if (all.length > 0)
    dependencies.log(`Values that change:\n${all.map(differenceLine).join('\n')}`);
  if (open.length === 0 || options.dryRun) return;
  const [example] = open;
  const keep = `To keep a deployed value, or to confirm a new one: --set ${example?.name}=${example?.deployed}, or =${example?.next}`;
  const asking = askingOf(dependencies);
  if (asking === undefined || options.yes)
    throw new CliError(
      `The stack differs from ${shownPath(environment.file)} in ${open.map(({ name }) => name).join(', ')}: nothing was deployed.`,
      { remedy: `${keep}.`, result: { differences: open } },
    );
  dependencies.log(`Somebody changed the stack, or the file. ${keep}.`);
  if (!(await confirms(asking, 'Deploy the values of the file and the defaults?')))
    throw new InterruptedError('Nothing was deployed.');
}

/** Shows the changes, and refuses those that would lose data. @returns whether to execute them */
export async function confirmChanges(
  changes: readonly Change[],
  options: DeployOptions,
  dependencies: Dependencies,
): Promise<boolean> {
  dependencies.print(`Changes:\n${describeChanges(changes)}`);
  const refused = refusedReplacements(changes);
  if (refused.length > 0 && !options.replace)
    throw new CliError(
      `${refused.map(({ logicalId }) => logicalId).join(', ')} would be replaced, see above: nothing was deployed.`,
      { remedy: 'Pass --replace if that is what you want.', result: { changes } },
    );
  if (options.dryRun) {
    dependencies.print('Dry run: nothing was deployed.');
    return false;
  }
  const asking = askingOf(dependencies);
  if (options.yes || asking === undefined) return true;
  if (await confirms(asking, 'Deploy these changes?')) return true;
  throw new InterruptedError('Nothing was deployed.');
}
