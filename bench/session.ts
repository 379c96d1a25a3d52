import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { esbuildOptions } from '../build/esbuild-options.ts';
import { slimJsforce } from '../build/jsforce-slim/index.ts';
import { type Command, figuresOf } from './children.ts';
import type { Effort } from './effort.ts';
import { type Case, compare } from './harness.ts';
import { startOrg } from './org.ts';
import type { Bench, Section } from './report.ts';

const STOCK = 'jsforce and jsonwebtoken from their packages';
const OURS = "this stack's session";
const FLOOR = 'Node alone';

/** Builds in a temporary folder. Only the case with external packages uses node_modules. */
async function buildAll() {
  const home = await mkdtemp(join(tmpdir(), 'bench-session-'));
  await symlink(resolve('node_modules'), join(home, 'node_modules'));
  const make = async (entry: string, name: string, options: BuildOptions) => {
    const outfile = join(home, `${name}.mjs`);
    await build({ ...esbuildOptions, ...options, entryPoints: [`bench/${entry}.ts`], outfile });
    return outfile;
  };
  return {
    home,
    ours: await make('session/ours', 'ours', {
      plugins: [slimJsforce(), ...esbuildOptions.plugins],
    }),
    bundled: await make('session/stock', 'bundled', { plugins: [] }),
    stock: await make('session/stock', 'stock', { plugins: [], packages: 'external' }),
    nothing: await make('nothing', 'nothing', {}),
  };
}

type Files = Awaited<ReturnType<typeof buildAll>>;

function casesOf(files: Files, secret: string) {
  const env = { PATH: process.env['PATH'] ?? '', SALESFORCE_SECRET: secret };
  const command = (file: string): Command => ({ program: process.execPath, args: [file], env });
  const script = (name: string, file: string): Case => ({
    name,
    measure: () => figuresOf(command(file)),
  });
  return [
    script(STOCK, files.stock),
    script('the same again (A/A)', files.stock),
    script('jsforce and jsonwebtoken, bundled whole', files.bundled),
    script(OURS, files.ours),
    script('the same again (A/A) ', files.ours),
    script(FLOOR, files.nothing),
  ];
}

const shared = { goal: { name: OURS, ratio: 0.4 }, floor: FLOOR };

const sizes = async ({ ours, bundled }: Files): Promise<string> =>
  `The session's code has ${(await stat(ours)).size} bytes; jsforce and jsonwebtoken bundled whole have ${(await stat(bundled)).size}. No AWS SDK is in either.`;

/** The cold start of the Salesforce session (load, JWT, token, first call) against stock jsforce, both without AWS SDK. */
export async function benchSession({ coldRounds }: Effort): Promise<Bench> {
  const org = await startOrg();
  const files = await buildAll();
  try {
    const results = await compare(casesOf(files, org.secret), coldRounds);
    const section = (title: string, unit: string, figure: string): Section => ({
      title,
      unit,
      results: results(figure),
      ...shared,
    });
    const sections = [
      section('cold Salesforce session to its first record', 'ms', 'ms'),
      section('CPU of a cold Salesforce session', 'ms', 'cpuMs'),
    ];
    return { sections, notes: [await sizes(files)] };
  } finally {
    await org.stop();
    await rm(files.home, { recursive: true });
  }
}
