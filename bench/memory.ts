import { join } from 'node:path';
import { ANSWER_BYTES, startOrgOfLargeAnswers } from './answers.ts';
import { type Built, withHome } from './build.ts';
import { type Command, figuresOf, startAws } from './children.ts';
import type { Effort } from './effort.ts';
import { functionEnvironment } from './environment.ts';
import { type Case, compare } from './harness.ts';
import { startOrg } from './org.ts';
import type { Bench, Section } from './report.ts';
import { memorySize, nodeOptions } from './template.ts';

const NAME = 'salesforce-apicall';
const QUERIES = 100;
const FLOOR = 'Node alone';

/** In MB: half of the function's memory, so that no batch comes near its end. */
const GOAL = 256;

const notes = [
  `apicall with the layer, as deployed (\`NODE_OPTIONS\`: ${nodeOptions(NAME)}), in one process for all batches. Peak: VmHWM of that process.`,
];

const commandOf = (built: Built, endpoint: string, [script = '', ...args]: string[]): Command => ({
  program: process.execPath,
  args: [join(built.folder, script), ...args],
  env: functionEnvironment(NAME, endpoint),
});

interface Load {
  readonly name: string;
  readonly args: string[];
  readonly atMost: number;
}

async function peakOf(
  { name, args, atMost }: Load,
  built: Built,
  secret: string,
  rounds: number,
): Promise<Section> {
  const aws = await startAws(secret);
  const toCase = (of: string, command: string[]): Case => ({
    name: of,
    measure: () => figuresOf(commandOf(built, aws.url, command)),
  });
  try {
    const cases = [toCase(FLOOR, ['nothing.mjs']), toCase(name, ['load.mjs', ...args])];
    const results = (await compare(cases, rounds))('rssMb');
    return {
      title: `Peak memory of apicall: ${name}`,
      unit: 'MB',
      results,
      goal: { name, atMost },
    };
  } finally {
    aws.stop();
  }
}

/** The peak memory of apicall under what needs most: many batches, and large answers. */
export const benchMemory = ({ events, loadRounds }: Effort): Promise<Bench> =>
  withHome(async ({ buildFunctionWithLayer }) => {
    const built = await buildFunctionWithLayer(NAME);
    const [org, largeOrg] = [await startOrg(), await startOrgOfLargeAnswers()];
    const most = events.at(-1) ?? 0;
    const creates = {
      name: `${most.toLocaleString('en')} creates in batches of 1,000`,
      args: ['queue', '0', String(most)],
      atMost: GOAL,
    };
    const queries = {
      name: `${QUERIES} queries in one batch, ${ANSWER_BYTES / 1_000_000} MB each`,
      args: ['queries', '0', String(QUERIES)],
      atMost: memorySize,
    };
    try {
      const sections = [
        await peakOf(creates, built, org.secret, loadRounds),
        await peakOf(queries, built, largeOrg.secret, loadRounds),
      ];
      return { sections, notes };
    } finally {
      largeOrg.stop();
      await org.stop();
    }
  });
