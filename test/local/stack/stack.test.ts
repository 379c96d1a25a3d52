import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkConcurrency } from '../../../local/stack/aws-deploy.ts';
import { isLoopback, localFunctionUrl, presetEndpoint } from '../../../local/stack/endpoint.ts';
import { choosePort } from '../../../local/stack/ports.ts';
import { findPython } from '../../../local/stack/python.ts';
import { parseSalesforceSecret } from '../../../local/stack/salesforce-secret.ts';

describe('a preset AWS_ENDPOINT_URL', () => {
  it.each(['http://127.0.0.1:4566', 'http://localhost:4566/', 'http://[::1]:4566'])(
    '%s is used',
    (url) => {
      expect(presetEndpoint({ AWS_ENDPOINT_URL: url })).toBe(url.replace(/\/$/, ''));
    },
  );

  it.each(['https://events.us-east-1.amazonaws.com', 'http://127.0.0.1.example.com', 'nonsense'])(
    '%s is refused',
    (url) => {
      expect(() => presetEndpoint({ AWS_ENDPOINT_URL: url })).toThrow('not this machine');
    },
  );

  it('that is absent or empty starts our own engine', () => {
    expect(presetEndpoint({})).toBeUndefined();
    expect(presetEndpoint({ AWS_ENDPOINT_URL: '' })).toBeUndefined();
  });
});

describe('a function URL', () => {
  it('of AWS is called at the engine, one on this machine as it is', () => {
    expect(localFunctionUrl('http://127.0.0.1:1', 'https://abc.lambda-url.us-east-1.on.aws/')).toBe(
      'http://127.0.0.1:1/_aws/lambda-url/abc/',
    );
    expect(localFunctionUrl('http://127.0.0.1:1', 'http://127.0.0.1:2/')).toBe(
      'http://127.0.0.1:2/',
    );
    expect(isLoopback('https://abc.lambda-url.us-east-1.on.aws/')).toBe(false);
  });
});

describe('a missing tool', () => {
  it('Python: says what was found and how to get it', async () => {
    await expect(findPython(['no-such-python'])).rejects.toThrow(
      /Python 3\.10 to 3\.13 .* \(found none\).*Install it/,
    );
    await expect(findPython([process.execPath])).rejects.toThrow(/found none/);
  });

  it('a port: says that it is taken and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = Object(server.address());
    await expect(choosePort('engine', port)).rejects.toThrow(
      `Port ${port} is taken by another program`,
    );
    server.close();
  });
});

describe('an account with a low concurrency limit', () => {
  it('is told which parameter to pass, unless it was passed', () => {
    expect(() => checkConcurrency(10, [])).toThrow('WebhookReservedConcurrency=-1');
    expect(() =>
      checkConcurrency(10, ['--parameter-overrides', 'WebhookReservedConcurrency=-1']),
    ).not.toThrow();
    expect(() => checkConcurrency(1_000, [])).not.toThrow();
  });
});

describe('a Salesforce secret', () => {
  it('gives the connection what it needs, and names what is missing without its value', () => {
    const secret = {
      server: 'https://acme.my.salesforce.com/',
      clientID: 'id',
      clientSecret: 'cs',
    };
    expect(parseSalesforceSecret(JSON.stringify(secret), 'FILE')).toMatchObject({
      url: 'https://acme.my.salesforce.com',
      connection: { clientId: 'id', clientSecret: 'cs' },
    });
    expect(() => parseSalesforceSecret('{"clientID":"canary","server":"x"}', 'FILE')).toThrow(
      /^FILE .*server/,
    );
    expect(() => parseSalesforceSecret('canary', 'FILE')).toThrow('FILE does not hold JSON.');
  });
});
