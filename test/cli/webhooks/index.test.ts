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
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  };
  return { ...fake, attempts, run };
}

const guidsOf = (json: string): unknown[] =>
  JSON.parse(json).result.deliveries.map(({ guid }: { guid: string }) => guid);

describe('npm run webhooks -- deliveries github', () => {
  it('lists the events of all pages, a redelivered one once', async () => {
    const { run } = await github();
    const { exitCode, stdout, stderr } = await run(
      'deliveries',
      'github',
      '--repo',
      'octo/repo',
      '--json',
    );
    expect(exitCode).toBe(0);
    expect(guidsOf(stdout)).toEqual([
      attempt(5).guid,
      'redelivered',
      attempt(2).guid,
      attempt(1).guid,
    ]);
    expect(stderr).toMatch(/^4 deliveries since .+, 2 failed\.$/);
  });

  it('lists failed deliveries as a table', async () => {
    const { run } = await github();
    const { stdout } = await run('deliveries', 'github', '--org', 'octo', '--failed');
    expect(stdout).toContain('issues.opened');
    expect(stdout).toContain('503 Service Unavailable');
    expect(stdout).toContain('none failed to connect');
    expect(stdout).not.toContain('redelivered');
  });

  it('reads only the pages that --since needs', async () => {
    const old = { delivered_at: '2020-01-01T00:00:00Z' };
    const attempts = [attempt(4), attempt(3, old), attempt(2, old), attempt(1, old)];
    const { calls, run } = await github({ attempts });
    const args = ['deliveries', 'github', '--repo', 'octo/repo', '--since', '1d', '--json'];
    expect(guidsOf((await run(...args)).stdout)).toEqual([attempt(4).guid]);
    expect(calls.filter((call) => call.endsWith('/deliveries'))).toHaveLength(1);
  });
});

describe('npm run webhooks -- redeliver github', () => {
  it('is a dry run without --yes: it redelivers nothing', async () => {
    const { calls, run } = await github();
    const { exitCode, stderr } = await run('redeliver', 'github', '--repo', 'octo/repo');
    expect(exitCode).toBe(0);
    expect(stderr).toBe('Dry run: 2 deliveries would be redelivered. Pass --yes to redeliver.');
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  it('redelivers only failed deliveries with --yes', async () => {
    const { calls, run } = await github();
    const { exitCode } = await run('redeliver', 'github', '--repo', 'octo/repo', '--yes');
    expect(exitCode).toBe(0);
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([
      'POST /repos/octo/repo/hooks/42/deliveries/5/attempts',
      'POST /repos/octo/repo/hooks/42/deliveries/2/attempts',
    ]);
    const again = await run('redeliver', 'github', '--repo', 'octo/repo', '--yes');
    expect(again.stderr).toBe('Nothing to redeliver: no delivery failed.');
  });

  it('continues after a delivery that GitHub rejects, and reports it', async () => {
    const { run } = await github({ refuse: [5] });
    const { exitCode, stderr } = await run('redeliver', 'github', '--repo', 'octo/repo', '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`redelivered ${attempt(2).guid}`);
    expect(stderr).toContain('1 of 2 deliveries could not be redelivered');
    expect(stderr).toContain('Delivery cannot be redelivered');
  });
});

describe('npm run webhooks reports the mistake and its remedy', () => {
  const two = [hook, { id: 7, config: { url: 'https://example.com/hook' } }];

  it.each([
    ['no owner', [], /one of --repo OWNER\/NAME, --org NAME or --app/],
    ['two owners', ['--repo', 'a/b', '--org', 'a'], /one of --repo/],
    ['a repository without owner', ['--repo', 'octo'], /--repo takes OWNER\/NAME, not "octo"/],
    ['an invalid time', ['--repo', 'a/b', '--since', 'yesterday'], /--since takes an age/],
    ['an invalid id', ['--repo', 'a/b', '--hook', 'x'], /Pass the webhook's id, a number/],
    ['an App without a key', ['--app'], /Set the environment variable GITHUB_APP_ID/],
  ])('for %s', async (_, args, message) => {
    const { run } = await github();
    const { exitCode, stderr } = await run('deliveries', 'github', ...args);
    expect([1, 2]).toContain(exitCode);
    expect(stderr).toMatch(message);
  });

  it('for another provider', async () => {
    const { run } = await github();
    expect((await run('redeliver', 'twilio')).stderr).toContain('connection overrides');
  });

  it('for a token that GitHub rejects', async () => {
    const { run } = await github({ token: 'another' });
    const { exitCode, stderr } = await run('deliveries', 'github', '--repo', 'octo/repo');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('(401): Bad credentials');
  });

  it('chooses the webhook that calls a function URL, and lists the ids of several', async () => {
    const { calls, run } = await github({ hooks: two });
    await run('deliveries', 'github', '--repo', 'octo/repo');
    expect(calls).toContain('GET /repos/octo/repo/hooks/42/deliveries');
    await stop?.();
    const both = two.map(({ id }) => ({ id, config: { url: LAMBDA } }));
    const ambiguous = await github({ hooks: both });
    const { stderr } = await ambiguous.run('deliveries', 'github', '--repo', 'octo/repo');
    expect(stderr).toContain('--hook 42');
    expect(stderr).toContain('--hook 7');
  });
});
