import { describe, expect, it } from 'vitest';
import {
  openSimulatorSession,
  parseSession,
  type RunSf,
  readSfSession,
} from '../../../../cli/salesforce/event-id-field/session.ts';
import { createTransport } from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { run } from '../harness.ts';

const token = '00D5g000000001!AQ.token_1';
const url = 'https://acme.my.salesforce.com';

describe('a session on standard input', () => {
  it.each([
    ['two lines', `${token}\n${url}\n`],
    ['two lines in the other order', `${url}/\r\n${token}\r\n`],
    ['JSON', JSON.stringify({ accessToken: token, instanceUrl: url })],
    ['a token response', JSON.stringify({ access_token: token, instance_url: url })],
    ['sf', JSON.stringify({ status: 0, result: { accessToken: token, instanceUrl: url } })],
  ])('is read from %s', (_what, input) =>
    expect(parseSession(input)).toEqual({
      accessToken: token,
      instanceUrl: url,
      origin: 'standard input',
    }),
  );

  it.each([
    ['nothing', '', 'no token and URL'],
    ['a token alone', token, 'no token and URL'],
    ['a URL alone', url, 'no token and URL'],
    ['more than a session', `${token} ${url} secret`, 'no token and URL'],
    ['a hidden token', JSON.stringify({ accessToken: '[REDACTED] x', instanceUrl: url }), 'hidden'],
    ['a URL without TLS', `${token}\nhttp://acme.example`, 'not an https URL'],
    ['a URL that is none', JSON.stringify({ accessToken: token, instanceUrl: 'acme' }), 'https'],
  ])('is refused: %s', (_what, input, text) => {
    expect(() => parseSession(input)).toThrow(text);
    expect(() => parseSession(input)).not.toThrow(token);
  });
});

describe('a session of the Salesforce CLI', () => {
  const display = (accessToken: string) =>
    JSON.stringify({ status: 0, result: { accessToken, instanceUrl: url, username: 'admin' } });
  const fakeSf = (answers: Readonly<Record<string, string>>) => {
    const calls: string[] = [];
    const runSf: RunSf = async (args) => {
      calls.push(args.join(' '));
      return answers[args.slice(0, 2).join(' ')] ?? '';
    };
    return { calls, runSf };
  };

  it('is read with one command from versions that show the token', async () => {
    const { calls, runSf } = fakeSf({ 'org display': display(token) });
    const session = await readSfSession(runSf, 'admin');
    expect(session).toMatchObject({ accessToken: token, instanceUrl: url });
    expect(calls).toEqual(['org display --target-org=admin --json']);
  });

  it('is read with two commands from versions that hide it (reported: forcedotcom/cli #3560)', async () => {
    const hidden = "[REDACTED] Use 'sf org auth show-access-token' to view";
    const shown = JSON.stringify({ status: 0, result: { accessToken: token } });
    const { calls, runSf } = fakeSf({ 'org display': display(hidden), 'org auth': shown });
    expect(await readSfSession(runSf, undefined)).toMatchObject({ accessToken: token });
    expect(calls[1]).toBe('org auth show-access-token --no-prompt --json');
  });

  it.each([
    ['is not logged in', { 'org display': '{"status":1,"message":"No default org\\u001b[0m"}' }],
    ['prints no JSON', {}],
    ['shows no token', { 'org display': display(''), 'org auth': '{"status":1,"message":"No"}' }],
  ])('is refused when the CLI %s', async (_what, answers) => {
    const { runSf } = fakeSf(answers);
    const reading = readSfSession(runSf, undefined);
    await expect(reading).rejects.toThrow('sf org login web');
    await expect(reading).rejects.not.toThrow('\u001b');
  });

  it('is refused without the CLI, with what else can be done', async () => {
    const { exitCode, output } = await run(['event-id-field', 'Case', '--user', 'x@acme.example']);
    expect(exitCode).toBe(2);
    expect(output).toMatch(/not installed.*--token-stdin.*--print/);
  });
});

describe('a session of the simulator', () => {
  const answering = (body: string) => () => Promise.resolve({ statusCode: 404, headers: {}, body });

  it('is refused when the org is none', async () => {
    const opening = openSimulatorSession(url, answering('<html>'));
    await expect(opening).rejects.toThrow('pass --target-org or --token-stdin');
  });

  it('is refused when the simulator does not run', async () => {
    const opening = openSimulatorSession('http://127.0.0.1:1', createTransport());
    await expect(opening).rejects.toThrow(/ECONNREFUSED.*npm run local:up/);
  });
});
