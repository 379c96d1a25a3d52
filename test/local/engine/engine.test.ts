import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, describe, expect, it } from 'vitest';
import { enforcesIam } from '../../../local/stack/aws.ts';
import { engineEnvironment, localCredentials } from '../../../local/stack/engine.ts';
import { paths, root } from '../../../local/stack/paths.ts';
import { isHealthy } from '../../../local/stack/processes.ts';
import { engineVenv, samVenv, venvBin } from '../../../local/stack/python.ts';

const started: ChildProcess[] = [];
const homes: string[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** The engine as it is published, without our extension. */
async function startStockEngine(variables: Record<string, string> = {}): Promise<string> {
  const port = await getPort({ host: '127.0.0.1' });
  const home = mkdtempSync(join(tmpdir(), 'stock-engine-'));
  homes.push(home);
  const env = { ...engineEnvironment(port, home), ...variables };
  started.push(spawn(venvBin(engineVenv, 'python'), ['-m', 'ministack'], { env, stdio: 'ignore' }));
  const endpoint = `http://127.0.0.1:${port}`;
  await expect
    .poll(() => isHealthy(`${endpoint}/_ministack/health`), { timeout: 90_000 })
    .toBe(true);
  return endpoint;
}

describe('the engine without our extension', () => {
  it('still lacks what each module of the extension adds', async () => {
    const endpoint = await startStockEngine();
    const args = [paths.engineProbes, '--stock', '--endpoint', endpoint];
    const said = execFileSync(venvBin(engineVenv, 'python'), args, {
      encoding: 'utf8',
      env: { ...process.env, ...localCredentials },
    });
    const probes = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(probes.map(({ name, ok }) => [name, ok])).toEqual([
      ['cloudformation types', true],
      ['alarms by template', true],
      ['conditions in change sets', true],
      ['reference to a secret', true],
      ['dead-letter queues of rules', true],
      ['connection states', true],
      ['array index in input paths', true],
      ['variable without a value', true],
      ['one OAuth token for concurrent deliveries', true],
      ['partner events', true],
      ['event source mapping batches', true],
      ['function log without warnings of the engine', true],
      ['raw query string of a function URL', true],
      ['address of a function URL', true],
      ['IAM over TLS', true],
      ['pages of log events', true],
      ['no answer to web pages', true],
    ]);
  }, 240_000);
});

describe('an emulator', () => {
  it.each([
    ['true', true],
    ['false', false],
  ])('with AUTH=%s is said to enforce IAM: %s', async (AUTH, isEnforced) => {
    expect(await enforcesIam(await startStockEngine({ AUTH }))).toBe(isEnforced);
  });
});

describe('the Python lock files', () => {
  it.each([engineVenv.lock, samVenv.lock])(
    '%s pins every package with hashes, and contains no host name and no path',
    (lock) => {
      const text = readFileSync(join(root, lock), 'utf8');
      const requirements = text
        .split(/\n(?=[a-z0-9])/i)
        .filter((block) => /^[a-z0-9]/i.test(block));
      expect(requirements.length).toBeGreaterThan(10);
      for (const requirement of requirements) {
        expect(requirement).toMatch(/^[\w.[\],-]+==\S+/);
        expect(requirement).toContain('--hash=sha256:');
      }
      expect(text).not.toMatch(/https?:|\/work|\/root|\/opt|^--/m);
    },
  );
});
