import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../../local/stack/paths.ts';
import type { Costs } from '../outage.ts';
import {
  costSection,
  formatCount,
  mappingSections,
  type Run,
  type Section,
  sections,
  summarize,
} from './report.ts';

function toTable({ head, rows }: Section): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

async function versions(): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const engine = await readFile(join(root, 'local/engine/requirements.in'), 'utf8');
  const [, ministack = '?'] = /ministack==(\S+)/.exec(engine.replaceAll(/\[[^\]]*\]/g, '')) ?? [];
  return `salesforce-eventbridge ${manifest.version}, Node ${process.versions.node}, MiniStack ${ministack}, ${cpus().length} cores`;
}

const intro = `# Reliability

Written by \`npm run soak -- --write\`; do not edit. The command sends events by every route through the deployed stack
(the real template on the local engine, the Salesforce simulator as the org) while faults are played at every hop. Then it
ends all faults, runs the reprocessor until the queues are empty, and compares what was sent with what Salesforce has and
what is parked. Events and faults follow from the seed; their timing does not, since everything runs at once.`;

/** How the parts begin that commands of their own write, in this order. */
const PARTS = ['## Mappings whose', '## An outage'];

const KILLED = 'process killed';

/** What each table means. */
const notes: Readonly<Record<string, string>> = {
  'Outcome of the events': `"Rejected": answered in the same call that the outcome is unknown or that Salesforce rejected it. "Not accepted": its
sender still owns it. "Delivered again": EventBridge delivers to API destinations at least once
([API destinations](api-destinations.md)); a platform event has no key by which Salesforce could detect a repeat.
\`OUTCOME_UNKNOWN\`: Salesforce may have made the change, so an operator decides ([runbook](runbook.md)).`,
  'Left for a person': `Parked, and not in Salesforce. Nobody has to decide about an event because another one failed: each reason is the
event's own, and creates of objects with an event id field are never left because an answer was lost.`,
  'Executions of mappings': `Mappings of several steps, some of whose creates have event id fields. "Between steps": some have taken
effect, and \`redrive\` or \`unpark\` goes on with the others.`,
  Mappings: `Only events of mappings of several steps are sent, and the processes that run them are killed every few seconds. Each
step of a complete execution has taken effect exactly once, and each has used what the steps before it gave: the Case and the Task of
a return are of the same Contact, although orders change meanwhile.`,
  Faults: `Waits of minutes and hours are cut to one second, and calls to 20 records, so that more faults fit in. Everything else
is as deployed.`,
  'An outage, and a poison record': `Nothing is cut short here: waits, attempts and calls of 200 records are those of the template. During the outage,
Salesforce answers 503, and ten creates arrive in each second. The poison record is one of 1,000 creates: Salesforce fails every call
that it is in.`,
  'Secrets and contents': `Searched for every webhook secret, private key, password and token of the run (in clear, in base64, in URLs), anything
that looks like a JSON Web Token, and a random word in every event's content. Contents may appear in parked objects and
claim-checked bodies, in an event or reply about that very event, and in the outcome that the idempotency table keeps.`,
  'Forged and malformed requests': `Sent over HTTP to the deployed function URLs. \`closed\`: the connection was closed without an answer.`,
};

/** `docs/reliability.md` of a run. */
export async function toPage({ events, minutes, seed, result }: Run, at: Date): Promise<string> {
  const { apiCalls, forged, reconciliation, resent } = result;
  const { appliedTwice, leftForPerson, lost, unexplained } = reconciliation;
  const left = leftForPerson.reduce((sum, one) => sum + one.events, 0);
  const figures = [
    `- ${at.toISOString().slice(0, 10)}, ${await versions()}; ${minutes.toFixed(0)} minutes`,
    `- seed ${seed}: \`npm run soak -- --events ${events} --seed ${seed}\``,
    `- **${summarize(result)}**`,
    `- ${formatCount(result.events)} events: ${lost.length} lost, ${appliedTwice.length} applied twice; ${resent} were sent again by their senders before they were accepted; ${formatCount(apiCalls)} calls of Salesforce's API`,
    `- ${formatCount(left)} left for a person, ${unexplained.length} of them because of another event or a fault that passed`,
    `- ${formatCount(forged.sent)} forged and malformed requests: ${forged.accepted} accepted, ${forged.errors} answered 5xx; slowest answer ${forged.slowestMs.toFixed(0)} ms`,
  ];
  const tables = sections(result).map(
    (section) => `## ${section.title}\n\n${toTable(section)}\n\n${notes[section.title]}`,
  );
  return `${[intro, figures.join('\n'), ...tables].join('\n\n')}\n`;
}

/** The last section of `docs/reliability.md`. */
export async function toCostPart(costs: Costs, at: Date): Promise<string> {
  const section = costSection(costs);
  const command = `npm run soak -- --outage ${costs.minutes} --seed ${costs.seed}`;
  const figures = `${at.toISOString().slice(0, 10)}, ${await versions()}: \`${command}\``;
  const text = [`## ${section.title}`, figures, toTable(section), notes[section.title]];
  return `${text.join('\n\n')}\n`;
}

/** The section of `docs/reliability.md` about mappings that die all the time. */
export async function toMappingsPart({ events, minutes, seed, result }: Run, at: Date) {
  const { apiCalls, reconciliation, resumed } = result;
  const { appliedTwice, contradictory, lost } = reconciliation;
  const kills = result.played.find(({ hop, fault }) => hop === 'apicall' && fault === KILLED);
  const command = `npm run soak -- --mappings ${events} --seed ${seed}`;
  const figures = [
    `- ${at.toISOString().slice(0, 10)}, ${await versions()}; ${minutes.toFixed(0)} minutes: \`${command}\``,
    `- ${formatCount(result.events)} executions, ${kills?.times ?? 0} killed processes: ${lost.length} lost, ${appliedTwice.length} with a step that took effect twice, ${contradictory.length} whose steps contradict each other; ${resumed} were resumed by another invocation; ${formatCount(apiCalls)} calls of Salesforce's API`,
  ];
  const tables = mappingSections(result).map(
    (section) => `### ${section.title}\n\n${toTable(section)}`,
  );
  const title = '## Mappings whose processes are killed';
  return `${[title, figures.join('\n'), notes['Mappings'], ...tables].join('\n\n')}\n`;
}

/** The page with one part replaced: that of a soak, of mappings, or of an outage. */
export function replacePart(page: string, part: string): string {
  const titleOf = (text: string): string | undefined =>
    PARTS.find((title) => text.startsWith(title));
  const before = page.split(/^(?=## Mappings whose|## An outage)/m);
  const parts = [undefined, ...PARTS].flatMap((title) =>
    titleOf(part) === title ? [part] : before.filter((one) => titleOf(one) === title),
  );
  return parts
    .map((one) => one.trimEnd())
    .join('\n\n')
    .concat('\n');
}
