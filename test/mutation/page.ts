import { basename } from 'node:path';
import type { FileResult, ModuleResult, Survivor } from './results.ts';

/** Why a survivor changes nothing that anybody could see, or why it may stay; found by mutator and text. */
export interface Explanation {
  readonly file: string;
  readonly mutator: string;
  readonly original: string;
  /** All replacements of the text where it is absent. */
  readonly replacement?: string;
  readonly why: string;
}

/** Percent of a module's mutants that have to be killed. */
const GOAL = 90;

const isAbout =
  (survivor: Survivor) =>
  ({ file, mutator, original, replacement }: Explanation): boolean =>
    file === survivor.file &&
    mutator === survivor.mutator &&
    original === survivor.original &&
    (replacement === undefined || replacement === survivor.replacement);

const survivorsOf = ({ files }: ModuleResult): Survivor[] =>
  files.flatMap((file) => file.survivors);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Percent, rounded down: 90 is 90 or more. */
function scoreOf(files: readonly FileResult[]): number {
  const killed = sum(files.map((file) => file.killed));
  const mutants = sum(files.map((file) => file.mutants));
  return mutants === 0 ? 0 : Math.floor((killed / mutants) * 1_000) / 10;
}

const placeOf = ({ file, line, mutator, original, replacement }: Survivor): string =>
  `${file}:${line} ${mutator}: ${original} → ${replacement}`;

/** What keeps a run from being a good one: scores, survivors that nobody has explained, explanations of nothing. */
export function problemsOf(
  results: readonly ModuleResult[],
  explanations: readonly Explanation[],
): string[] {
  const survivors = results.flatMap(survivorsOf);
  const low = results.filter(({ files }) => scoreOf(files) < GOAL);
  const unexplained = survivors.filter((survivor) => !explanations.some(isAbout(survivor)));
  const stale = explanations.filter((one) => !survivors.some((survivor) => isAbout(survivor)(one)));
  return [
    ...low.map(({ name, files }) => `${name}: ${scoreOf(files)} % killed, not ${GOAL}`),
    ...unexplained.map((survivor) => `not explained: ${placeOf(survivor)}`),
    ...stale.map(({ file, original }) => `explains no survivor any more: ${file}: ${original}`),
  ];
}

const row = (name: string, files: readonly FileResult[]): string => {
  const mutants = sum(files.map((file) => file.mutants));
  const alive = sum(files.map((file) => file.survivors.length));
  return `| ${name} | ${scoreOf(files).toFixed(1)} | ${mutants} | ${alive} |`;
};

const code = (text: string): string => {
  const short = text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const ticks = short.includes('`') ? '``' : '`';
  return `${ticks}${short === '' ? ' ' : short}${ticks}`;
};

const survivorRow =
  (explanations: readonly Explanation[]) =>
  (survivor: Survivor): string => {
    const why = explanations.find(isAbout(survivor))?.why ?? 'not explained yet';
    const { file, line, original, replacement } = survivor;
    return `| ${basename(file)}:${line} | ${code(original)} | ${code(replacement)} | ${why} |`;
  };

function section(result: ModuleResult, explanations: readonly Explanation[]): string[] {
  const survivors = survivorsOf(result);
  const table = ['| place | text | changed to | why it survives |', '|---|---|---|---|'];
  return [
    `## ${result.name}`,
    '',
    '| file | killed, % | mutants | survivors |',
    '|---|---|---|---|',
    ...result.files.map((one) => row(`\`${one.file}\``, [one])),
    '',
    ...(survivors.length === 0 ? [] : [...table, ...survivors.map(survivorRow(explanations)), '']),
  ];
}

/** docs/mutation.md: how much of what decides is held by its own unit tests. */
export const toPage = (
  results: readonly ModuleResult[],
  explanations: readonly Explanation[],
  date: Date,
): string =>
  [
    '# Mutation testing',
    '',
    `Made by \`npm run mutation\` (Stryker), which is no part of \`npm test\`; last on ${date.toISOString().slice(0, 10)}. Each mutant is`,
    "one small change of the code; it is killed when a unit test of its own module fails, with fast-check's seed fixed. The",
    `run fails below ${GOAL} % in a module, and where a survivor is not explained in \`test/mutation/survivors.json\`.`,
    '',
    '| module | killed, % | mutants | survivors |',
    '|---|---|---|---|',
    ...results.map(({ name, files }) => row(name, files)),
    row(
      'all',
      results.flatMap(({ files }) => files),
    ),
    '',
    ...results.flatMap((result) => section(result, explanations)),
  ].join('\n');
