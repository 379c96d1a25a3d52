import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeStack } from '../../../local/stack/describe.ts';
import {
  accepts,
  isLoopback,
  localFunctionUrl,
  presetEndpoint,
} from '../../../local/stack/endpoint.ts';
import { choosePort } from '../../../local/stack/ports.ts';
import { findPython } from '../../../local/stack/python.ts';
import { parseSalesforceSecret } from '../../../local/stack/salesforce-secret.ts';

describe('presetEndpoint', () => {
  it.each(['http://127.0.0.1:4566', 'http://localhost:4566/', 'http://[::1]:4566'])(
    'returns %s',
    (url) => {
      expect(presetEndpoint({ AWS_ENDPOINT_URL: url })).toBe(url.replace(/\/$/, ''));
    },
  );

  it.each(['https://events.us-east-1.amazonaws.com', 'http://127.0.0.1.example.com', 'nonsense'])(
    'rejects %s',
    (url) => {
      expect(() => presetEndpoint({ AWS_ENDPOINT_URL: url })).toThrow(
        'AWS_ENDPOINT_URL is not on this machine',
      );
    },
  );

  it('returns undefined if AWS_ENDPOINT_URL is missing or empty', () => {
    expect(presetEndpoint({})).toBeUndefined();
    expect(presetEndpoint({ AWS_ENDPOINT_URL: '' })).toBeUndefined();
  });
});

describe('accepts', () => {
  it('tells whether something listens at an address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = Object(server.address());
    expect(await accepts(`http://127.0.0.1:${port}`)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(await accepts(`http://127.0.0.1:${port}`)).toBe(false);
  });
});

describe('describeStack', () => {
  const stack = {
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    stackName: 'stack',
    iamEnforced: true,
    outputs: {},
    functionUrls: {},
    secrets: { github: 'github', twilio: 'twilio' },
    salesforce: { url: 'http://127.0.0.1:2' },
  };

  it('announces an emulator that does not enforce IAM', () => {
    const announcement = 'IAM is not enforced: a missing permission fails only on AWS';
    expect(describeStack({ ...stack, iamEnforced: false })).toContain(announcement);
    expect(describeStack(stack)).not.toContain(announcement);
  });
});

describe('localFunctionUrl', () => {
  it('maps an AWS function URL to the engine, and leaves a local one unchanged', () => {
    expect(localFunctionUrl('http://127.0.0.1:1', 'https://abc.lambda-url.us-east-1.on.aws/')).toBe(
      'http://127.0.0.1:1/_aws/lambda-url/abc/',
    );
    expect(localFunctionUrl('http://127.0.0.1:1', 'http://127.0.0.1:2/')).toBe(
      'http://127.0.0.1:2/',
    );
    expect(isLoopback('https://abc.lambda-url.us-east-1.on.aws/')).toBe(false);
  });
});

describe('findPython and choosePort', () => {
  it('report which Python was found and how to install one', async () => {
    await expect(findPython(['no-such-python'])).rejects.toThrow(
      /Python 3\.10 to 3\.13 .* \(found none\).*Install it/,
    );
    await expect(findPython([process.execPath])).rejects.toThrow(/found none/);
  });

  it('report that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = Object(server.address());
    const file = join(mkdtempSync(join(tmpdir(), 'ports-')), 'identity.json');
    await expect(choosePort('engine', port, file)).rejects.toThrow(
      `Port ${port} is in use. Choose another one, or omit --port.`,
    );
    server.close();
  });
});

describe('parseSalesforceSecret', () => {
  it('returns the credentials of the connection, and names invalid fields without their values', () => {
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
    expect(() => parseSalesforceSecret('canary', 'FILE')).toThrow('FILE is not JSON.');
  });
});
