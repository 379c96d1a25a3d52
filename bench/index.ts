import { Command } from 'commander';
import { toText, verdict } from './report.ts';
import { benchWebhooks } from './webhooks.ts';

const full = { coldRounds: 25, warmRounds: 5, calls: 1_500 };
const quick = { coldRounds: 5, warmRounds: 2, calls: 500 };

const program = new Command('npm run bench --').description(
  'Measures this stack beside its peers, in one run on one machine: ratios count, figures do not.',
);

program
  .command('webhooks')
  .description(
    "cold start and warm CPU of each webhook, against AWS's quick start and the bare SDK call",
  )
  .option('--quick', 'fewer rounds, for a first look')
  .option('--json', 'for programs')
  .action(async (options: { quick?: boolean; json?: boolean }) => {
    const { sections, notes } = await benchWebhooks(options.quick ? quick : full);
    if (options.json) {
      const judged = sections.map((section) => ({ ...section, verdict: verdict(section) }));
      return console.log(JSON.stringify({ sections: judged, notes }, undefined, 2));
    }
    for (const section of sections) console.log(`${toText(section)}\n`);
    for (const note of notes) console.log(note);
  });

await program.parseAsync();
