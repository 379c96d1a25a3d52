import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../../local/stack/paths.ts';
import {
  accountRows,
  canaryRows,
  classRows,
  playedRows,
  type Rows,
  type Run,
  timeRows,
  verdict,
} from './tables.ts';

function table({ head, rows }: Rows): string {
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

Written by \`npm run soak -- --write\`; do not edit. The command sends events by all ways in through the deployed stack
(the real template on the local engine, the Salesforce simulator as the org) while faults play at every hop, heals
everything, runs the reprocessor until nothing moves, and holds what was sent against what Salesforce has and what is
parked. Events and faults follow from the seed; what coincides with what does not, as everything runs at once.`;

const notes = {
  account: `"Sender told": answered in the same call that the outcome is not known or that Salesforce refused it. "Not taken": never
accepted, so that its sender still owns it. "Delivered again": EventBridge delivers to API destinations at least once
([API destinations](api-destinations.md)); a platform event has no key by which Salesforce could tell.
\`OUTCOME_UNKNOWN\`: Salesforce may have made the change, so a person decides ([runbook](runbook.md)).`,
  faults: `Waits of minutes and hours were cut to two seconds, and calls to 20 records, so that more faults fit in; everything else
is as deployed.`,
  canaries: `Every webhook secret, private key, password and token of the run (in clear, in base64, in URLs), anything that looks like
a JSON Web Token, and a random word in every event's content. Contents may stand in parked objects and claim-checked bodies, in an
event or reply about that very event, and in the outcome that the idempotency table keeps.`,
  forgeries: `Sent over HTTP to the deployed function URLs; \`closed\`: the connection was ended without an answer. Times hold the engine
and the machine's other work, and are told to be compared with each other only.`,
};

/** `docs/reliability.md` of a run. */
export async function toPage({ events, minutes, seed, soaked }: Run, at: Date): Promise<string> {
  const { account, apiCalls, forged, resent } = soaked;
  const figures = [
    `- ${at.toISOString().slice(0, 10)}, ${await versions()}; ${minutes.toFixed(0)} minutes`,
    `- seed ${seed}: \`npm run soak -- --events ${events} --seed ${seed}\``,
    `- **${verdict(soaked)}**`,
    `- ${events.toLocaleString('en-US')} events: ${account.lost.length} lost, ${account.twice.length} applied twice; ${resent} were sent again by their senders before they were accepted; ${apiCalls.toLocaleString('en-US')} calls of Salesforce's API`,
    `- ${forged.sent.toLocaleString('en-US')} forged and malformed requests: ${forged.accepted} accepted, ${forged.errors} answered 5xx`,
  ];
  const sections = [
    intro,
    figures.join('\n'),
    `## What became of the events\n\n${table(accountRows(soaked))}\n\n${notes.account}`,
    `## What was played\n\n${table(playedRows(soaked))}\n\n${notes.faults}`,
    `## Secrets and contents\n\n${table(canaryRows(soaked))}\n\n${notes.canaries}`,
    `## Forged and malformed requests\n\n${table(timeRows(soaked))}\n\n${table(classRows(soaked))}\n\n${notes.forgeries}`,
  ];
  return `${sections.join('\n\n')}\n`;
}
