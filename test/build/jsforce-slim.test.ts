import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { esbuildOptions } from '../../build/esbuild-options.ts';
import { slimJsforce } from '../../build/jsforce-slim/index.ts';
import { findOversized } from '../../build/jsforce-slim/size-limits.ts';
import { stubs } from '../../build/jsforce-slim/stubs.ts';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../local/stack/simulator.ts';

const outdir = mkdtempSync(join(tmpdir(), 'jsforce-slim-'));
const org = makeOrgCredentials();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ org });
});
afterAll(async () => {
  await simulator.close();
  rmSync(outdir, { recursive: true, force: true });
});

const bundle = (name: string, options: BuildOptions) =>
  build({
    ...esbuildOptions,
    plugins: [slimJsforce(), ...esbuildOptions.plugins],
    outfile: join(outdir, `${name}.mjs`),
    logLevel: 'silent',
    metafile: true,
    ...options,
  });

const stdin = (contents: string) => ({ contents, resolveDir: process.cwd() });
const SESSION = 'bench/session/ours.ts';

describe('slimJsforce', () => {
  it('leaves what is needed to log in and make a call, outside of any node_modules', async () => {
    await bundle('session', { entryPoints: [SESSION] });
    await promisify(execFile)(process.execPath, [join(outdir, 'session.mjs')], {
      env: { SALESFORCE_SECRET: salesforceSecretOf(simulator.url, org) },
    });
    expect(await simulatedOrg(simulator.url).records('Contact')).toHaveLength(1);
  });

  it('makes a stub throw an error that names the missing module', async () => {
    const contents = [
      "import 'jsforce/lib/connection.js';",
      "import 'jsonwebtoken';",
      "import { parseCSV } from 'jsforce/lib/csv.js';",
      "parseCSV('a');",
    ];
    await bundle('refused', { stdin: stdin(contents.join('\n')) });
    const run = promisify(execFile)(process.execPath, [join(outdir, 'refused.mjs')]);
    await expect(run).rejects.toThrow('csv-parse/sync is not in this bundle');
  });

  it('fails the build if a package no longer imports a stubbed module', async () => {
    const names = stubs.map(({ importer, name }) => `${importer}/${name}`).join(', ');
    const without = bundle('none', { stdin: stdin('export {};') });
    await expect(without).rejects.toThrow(`no longer imported: ${names}`);
  });

  it('fails the build if a package exceeds its size limit', async () => {
    const { metafile } = await bundle('whole', {
      entryPoints: [SESSION],
      plugins: esbuildOptions.plugins,
    });
    expect(metafile && findOversized(metafile)).toEqual([
      expect.stringMatching(/^jsforce has \d+ B in the bundle, more than \d+/),
      expect.stringMatching(/^jsonwebtoken has \d+ B in the bundle, more than \d+/),
    ]);
  });
});
