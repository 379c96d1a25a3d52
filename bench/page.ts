import { type Bench, headOf, rowsOf, type Section, verdict } from './report.ts';

/** What was found, and with what. */
export interface Findings {
  readonly benches: readonly { readonly title: string; readonly bench: Bench }[];
  /** Names and versions of what was measured. */
  readonly versions: Readonly<Record<string, string>>;
  /** Without the path of a thing, the name of a host or anything else that only one machine has. */
  readonly machine: { readonly cores: number; readonly platform: string; readonly node: string };
  readonly date: Date;
  readonly isQuick: boolean;
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

function toMarkdown(section: Section): string {
  const judged = verdict(section);
  const lines = [table(headOf(section), rowsOf(section))];
  if (judged) lines.push(judged.isReached ? judged.text : `**${judged.text}**`);
  return lines.join('\n\n');
}

function goals({ benches }: Findings): string {
  const rows = benches.flatMap(({ bench }) =>
    bench.sections.flatMap((section) => {
      const judged = verdict(section);
      return judged && section.goal ? [[section.title, section.goal.name, judged.text]] : [];
    }),
  );
  return table(['what', 'whose', 'goal'], rows);
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

const versionsOf = ({ versions }: Findings): string =>
  list(Object.entries(versions).map(([name, version]) => `${name} ${version}`));

function introduction({ machine, date, isQuick }: Findings): string {
  const { cores, platform, node } = machine;
  return [
    `Written by \`npm run bench -- --write\` on ${date.toISOString().slice(0, 10)}: ${cores} cores, ${platform}, Node ${node}.`,
    'Ratios count, figures do not: everything in a table was measured in one run, in turns, on one machine that also did',
    'other work. Medians; the range holds nine tenths of the rounds; rows called A/A measure the same thing twice and show',
    `what noise alone makes of it.${isQuick ? ' **A quick run: too few rounds to rely on.**' : ''}`,
  ].join('\n');
}

/** `docs/benchmarks.md`. */
export function toPage(findings: Findings, explanations: string): string {
  const parts = findings.benches.map(({ title, bench }) =>
    [`## ${title}`, ...bench.sections.map(toMarkdown), list(bench.notes)]
      .filter((text) => text !== '')
      .join('\n\n'),
  );
  return `${[
    '# Benchmarks',
    introduction(findings),
    '## Goals',
    goals(findings),
    explanations.trim(),
    ...parts,
    '## Versions',
    versionsOf(findings),
  ]
    .filter((text) => text !== '')
    .join('\n\n')}\n`;
}
