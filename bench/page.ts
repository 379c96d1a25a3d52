import { checkGoal, headOf, rowsOf, type Section } from './report.ts';
import type { Finding } from './store.ts';

export interface PartFinding {
  readonly name: string;
  readonly title: string;
  /** `undefined` if not measured yet. */
  readonly finding: Finding | undefined;
}

export interface Page {
  readonly parts: readonly PartFinding[];
  /** Name and version of each measured package. */
  readonly versions: Readonly<Record<string, string>>;
  /** Markdown to insert below the goals. */
  readonly explanations: string;
}

const introduction = `Written by \`npm run bench -- --write\`. Ratios count, figures do not: everything in a table was measured in one run, in turns,
on one machine, which may have had other work. Medians; the range holds nine tenths of the rounds. Rows called A/A
measure the same thing twice: what they differ by is noise.`;

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

const paragraphs = (texts: readonly string[]): string =>
  texts.filter((text) => text !== '').join('\n\n');

function toMarkdown(section: Section): string {
  const result = checkGoal(section);
  const goalText = result === undefined || result.isReached ? result?.text : `**${result.text}**`;
  return paragraphs([table(headOf(section), rowsOf(section)), goalText ?? '']);
}

function goals(parts: readonly PartFinding[]): string {
  const rows = parts.flatMap(({ finding }) =>
    (finding?.bench.sections ?? []).flatMap((section) => {
      const result = checkGoal(section);
      return result && section.goal ? [[section.title, section.goal.name, result.text]] : [];
    }),
  );
  return table(['what', 'whose', 'goal'], rows);
}

function measuredOn({ at, isQuick, machine: { cores, platform, node } }: Finding): string {
  const text = `Measured ${at.slice(0, 10)}: ${cores} cores, ${platform}, Node ${node}.`;
  return isQuick ? `${text} **A quick run: too few rounds to rely on.**` : text;
}

const findingText = ({ name, finding }: PartFinding): string[] => {
  if (finding === undefined) return [`**Not measured:** \`npm run bench -- ${name} --write\`.`];
  const { sections, notes } = finding.bench;
  return [measuredOn(finding), ...sections.map(toMarkdown), list(notes)];
};

const partText = (part: PartFinding): string =>
  paragraphs([`## ${part.title}`, ...findingText(part)]);

/** `docs/benchmarks.md`. */
export function toPage({ parts, versions, explanations }: Page): string {
  const texts = [
    '# Benchmarks',
    introduction,
    '## Goals',
    goals(parts),
    explanations.trim(),
    ...parts.map(partText),
    '## Versions',
    list(Object.entries(versions).map(([name, version]) => `${name} ${version}`)),
  ];
  return `${paragraphs(texts)}\n`;
}
