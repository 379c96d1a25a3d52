import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../../local/stack/paths.ts';
import { attempt, startFakeGitHub } from './fake-github.ts';

const TOKEN = 'github-token-canary';
const LAMBDA = 'https://abc.lambda-url.us-east-1.on.aws/';
const hook = { id: 42, config: { url: LAMBDA } };
const failure = { status: 'Service Unavailable', status_code: 503 };

let stop: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function github(options: Partial<Parameters<typeof startFakeGitHub>[0]> = {}) {
  const attempts = [
    attempt(5, failure),
    attempt(4, { guid: 'redelivered' }),
    attempt(3, { guid: 'redelivered', ...failure }),
    attempt(2, { ...failure, status_code: 0, status: 'failed to connect', action: null }),
    attempt(1),
  ];
  const fake = await startFakeGitHub({ token: TOKEN, hooks: [hook], attempts, ...options });
  stop = fake.stop;
  const run = async (...args: string[]) => {
    const env = { GITHUB_API_URL: fake.url, GITHUB_TOKEN: TOKEN, NO_COLOR: '1' };
    const options = { cwd: root, env, reject: false } as const;
    const result = await execa(process.execPath, ['cli/webhooks/index.ts', ...args], options);
    expect(result.stdout + result.stderr).not.toContain(TOKEN);
    return { exitCode: result.exitCode, out: result.stdout, said: result.stderr };
  };
  return { ...fake, attempts, run };
}

const guidsOf = (json: string): unknown[] =>
  JSON.parse(json).map(({ guid }: { guid: string }) => guid);

describe('npm run webhooks -- deliveries github', () => {
  it('lists events over all pages, a redelivered one once', async () => {
    const { run } = await github();
    const { exitCode, out, said } = await run(
      'deliveries',
      'github',
      '--repo',
      'octo/repo',
      '--json',
    );
    expect(exitCode).toBe(0);
    expect(guidsOf(out)).toEqual([
      attempt(5).guid,
      'redelivered',
      attempt(2).guid,
      attempt(1).guid,
    ]);
    expect(said).toMatch(/^4 deliveries since .+, 2 failed\.$/);
  });

  it('lists the failed ones as a table', async () => {
    const { run } = await github();
    const { out } = await run('deliveries', 'github', '--org', 'octo', '--failed');
    expect(out).toContain('issues.opened');
    expect(out).toContain('503 Service Unavailable');
    expect(out).toContain('none failed to connect');
    expect(out).not.toContain('redelivered');
  });

  it('reads no more pages than --since asks for', async () => {
    const old = { delivered_at: '2020-01-01T00:00:00Z' };
    const attempts = [attempt(4), attempt(3, old), attempt(2, old), attempt(1, old)];
    const { calls, run } = await github({ attempts });
    const args = ['deliveries', 'github', '--repo', 'octo/repo', '--since', '1d', '--json'];
    expect(guidsOf((await run(...args)).out)).toEqual([attempt(4).guid]);
    expect(calls.filter((call) => call.endsWith('/deliveries'))).toHaveLength(1);
  });
});

describe('npm run webhooks -- redeliver github', () => {
  it('is a dry run: it shows what failed and redelivers nothing', async () => {
    const { calls, run } = await github();
    const { exitCode, said } = await run('redeliver', 'github', '--repo', 'octo/repo');
    expect(exitCode).toBe(0);
    expect(said).toBe('Dry run: 2 deliveries would be redelivered. Add --yes to do it.');
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  it('with --yes redelivers what failed, and that alone', async () => {
    const { calls, run } = await github();
    const { exitCode } = await run('redeliver', 'github', '--repo', 'octo/repo', '--yes');
    expect(exitCode).toBe(0);
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([
      'POST /repos/octo/repo/hooks/42/deliveries/5/attempts',
      'POST /repos/octo/repo/hooks/42/deliveries/2/attempts',
    ]);
    const again = await run('redeliver', 'github', '--repo', 'octo/repo', '--yes');
    expect(again.said).toBe('Nothing to redeliver: no delivery failed.');
  });

  it('goes on after one that GitHub refuses, and says which', async () => {
    const { run } = await github({ refuse: [5] });
    const { exitCode, said } = await run('redeliver', 'github', '--repo', 'octo/repo', '--yes');
    expect(exitCode).toBe(1);
    expect(said).toContain(`redelivered ${attempt(2).guid}`);
    expect(said).toContain('1 of 2 deliveries could not be redelivered');
    expect(said).toContain('Delivery cannot be redelivered');
  });
});

describe('what cannot work is said with its remedy', () => {
  const two = [hook, { id: 7, config: { url: 'https://example.com/hook' } }];

  it.each([
    ['no owner', [], /one of --repo OWNER\/NAME, --org NAME or --app/],
    ['two owners', ['--repo', 'a/b', '--org', 'a'], /one of --repo/],
    ['half a repository', ['--repo', 'octo'], /--repo takes OWNER\/NAME, not "octo"/],
    ['another time', ['--repo', 'a/b', '--since', 'yesterday'], /--since takes an age/],
    ['another id', ['--repo', 'a/b', '--hook', 'x'], /webhook's id is a number/],
    ['an App without a key', ['--app'], /Set GITHUB_APP_ID/],
  ])('%s', async (_, args, message) => {
    const { run } = await github();
    const { exitCode, said } = await run('deliveries', 'github', ...args);
    expect(exitCode).toBe(1);
    expect(said).toMatch(message);
  });

  it('another provider', async () => {
    const { run } = await github();
    expect((await run('redeliver', 'twilio')).said).toContain('connection overrides');
  });

  it('a token that GitHub refuses', async () => {
    const { run } = await github({ token: 'another' });
    const { exitCode, said } = await run('deliveries', 'github', '--repo', 'octo/repo');
    expect(exitCode).toBe(1);
    expect(said).toContain('(401): Bad credentials');
  });

  it('several webhooks: the one that calls a function URL, else a choice', async () => {
    const { calls, run } = await github({ hooks: two });
    await run('deliveries', 'github', '--repo', 'octo/repo');
    expect(calls).toContain('GET /repos/octo/repo/hooks/42/deliveries');
    await stop?.();
    const both = two.map(({ id }) => ({ id, config: { url: LAMBDA } }));
    const unclear = await github({ hooks: both });
    const { said } = await unclear.run('deliveries', 'github', '--repo', 'octo/repo');
    expect(said).toContain('--hook 42');
    expect(said).toContain('--hook 7');
  });
});
