import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { esbuildOptions } from '../build/esbuild-options.ts';
import { slimJsforce } from '../build/jsforce-slim/index.ts';
import { startSimulator } from '../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../local/stack/simulator.ts';
import { type Command, printedNumber, wholeProcess } from './children.ts';
import { type Case, compare } from './harness.ts';
import type { Section } from './report.ts';

const STOCK = 'jsforce and jsonwebtoken from their packages';
const OURS = "this stack's session";
const FLOOR = 'Node alone';

/** Builds below the system's temp folder; only what runs from its packages finds them. */
async function buildAll() {
  const home = await mkdtemp(join(tmpdir(), 'bench-session-'));
  await symlink(resolve('node_modules'), join(home, 'node_modules'));
  const make = async (entry: string, name: string, options: BuildOptions) => {
    const outfile = join(home, `${name}.mjs`);
    await build({
      ...esbuildOptions,
      ...options,
      entryPoints: [`bench/session/${entry}.ts`],
      outfile,
    });
    return outfile;
  };
  return {
    home,
    ours: await make('ours', 'ours', { plugins: [slimJsforce(), ...esbuildOptions.plugins] }),
    bundled: await make('stock', 'bundled', { plugins: [] }),
    stock: await make('stock', 'stock', { plugins: [], packages: 'external' }),
    floor: await make('floor', 'floor', {}),
  };
}

type Files = Awaited<ReturnType<typeof buildAll>>;

/** @param measure the whole process' time, or the figure that it prints: its CPU. */
function casesOf(files: Files, secret: string, measure: (command: Command) => Promise<number>) {
  const env = { PATH: process.env['PATH'] ?? '', SALESFORCE_SECRET: secret };
  const script = (name: string, file: string): Case => ({
    name,
    measure: () => measure({ program: process.execPath, args: [file], env }),
  });
  return [
    script(STOCK, files.stock),
    script('the same again (A/A)', files.stock),
    script('jsforce and jsonwebtoken, bundled whole', files.bundled),
    script(OURS, files.ours),
    script('the same again (A/A) ', files.ours),
    script(FLOOR, files.floor),
  ];
}

/** The cold path of the Salesforce session - load, JWT, token, first call - beside stock jsforce; no AWS SDK in either. */
export async function benchSession(rounds: number) {
  const org = makeOrgCredentials();
  const simulator = await startSimulator({ org, dailyApiRequests: 1_000_000 });
  const files = await buildAll();
  try {
    const secret = salesforceSecretOf(simulator.url, org);
    const section = async (title: string, measure: typeof wholeProcess): Promise<Section> => ({
      title,
      unit: 'ms',
      results: await compare(casesOf(files, secret, measure), rounds),
      goal: { name: OURS, ratio: 0.4 },
      floor: FLOOR,
    });
    const sections = [
      await section('cold Salesforce session to first record', wholeProcess),
      await section('its CPU, which other work on the machine changes less', printedNumber),
    ];
    const bytes = async (file: string): Promise<number> => (await stat(file)).size;
    const sizes = `${await bytes(files.ours)} B against ${await bytes(files.bundled)} B bundled whole`;
    return { sections, notes: [`Salesforce session: ${sizes}`] };
  } finally {
    await simulator.close();
    await rm(files.home, { recursive: true });
  }
}
