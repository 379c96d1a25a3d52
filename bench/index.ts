import { Command } from 'commander';
import { benchCalls } from './calls.ts';
import { type Section, toText, verdict } from './report.ts';
import { benchSession } from './session.ts';
import { benchWebhooks } from './webhooks.ts';

const full = { coldRounds: 25, warmRounds: 5, calls: 1_500 };
const quick = { coldRounds: 5, warmRounds: 2, calls: 500 };

const program = new Command('npm run bench --').description(
  'Measures this stack beside its peers, in one run on one machine: ratios count, figures do not.',
);

interface Bench {
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
}

interface Options {
  readonly quick?: boolean;
  readonly json?: boolean;
}

function print({ sections, notes }: Bench, { json }: Options): void {
  if (json) {
    const judged = sections.map((section) => ({ ...section, verdict: verdict(section) }));
    console.log(JSON.stringify({ sections: judged, notes }, undefined, 2));
    return;
  }
  for (const section of sections) console.log(`${toText(section)}\n`);
  for (const note of notes) console.log(note);
}

function addBench(
  name: string,
  description: string,
  run: (options: Options) => Promise<Bench>,
): void {
  program
    .command(name)
    .description(description)
    .option('--quick', 'fewer rounds, for a first look')
    .option('--json', 'one JSON document, for programs')
    .action(async (options: Options) => print(await run(options), options));
}

addBench(
  'webhooks',
  "cold start and warm CPU of each webhook, against AWS's quick start and the bare SDK call",
  ({ quick: isQuick }) => benchWebhooks(isQuick ? quick : full),
);
addBench(
  'session',
  'cold path of the Salesforce session, against jsforce and jsonwebtoken as they come',
  ({ quick: isQuick }) => benchSession(isQuick ? 5 : 25),
);
addBench(
  'calls',
  'Salesforce API calls for 1,000 requests in one batch, against one call for each',
  benchCalls,
);

await program.parseAsync();
