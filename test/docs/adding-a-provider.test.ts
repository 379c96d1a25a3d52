import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths, root } from '../../local/stack/paths.ts';
import { urlEvent } from '../functions/harness.ts';
import { createWebhookHarness } from '../functions/webhooks/harness.ts';

const page = readFileSync(join(root, 'docs/adding-a-provider.md'), 'utf8');
const files = [...page.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)];
const SECRET = 'acme-secret';

let folder = '';
beforeAll(() => {
  // Inside the project, so that imports resolve, but not in functions/, where other tests read every file.
  mkdirSync(paths.local, { recursive: true });
  folder = mkdtempSync(join(paths.local, 'documented-'));
  for (const [, name = '', text = ''] of files) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the provider in docs/adding-a-provider.md', () => {
  it('consists of three files', () => {
    expect(files.map(([, name]) => name)).toEqual(['provider.ts', 'describe.ts', 'index.ts']);
  });

  it('compiles', () => {
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', include: ['.'] }));
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['--project', config], { cwd: root });
  });

  it('accepts only what is signed with its secret', async () => {
    const { acmeProvider } = await import(join(folder, 'provider.ts'));
    const { entries, post } = createWebhookHarness(acmeProvider, SECRET);
    const body = '{"a": 1}';
    const sign = (secret: string): string =>
      createHmac('sha256', secret).update(body).digest('hex');
    const send = (signature: string, text = body) =>
      post(
        urlEvent({
          headers: {
            'content-type': 'application/json',
            'x-acme-id': 'a-1',
            'x-acme-signature': signature,
          },
          body: text,
        }),
      );
    const responses = [
      await send(sign(SECRET)),
      await send(sign('other')),
      await send(sign(SECRET), `${body} `),
      await send(''),
    ];
    expect(responses.map(({ status }) => status)).toEqual([202, 401, 401, 401]);
    const digest = createHash('sha256').update(body).digest('hex');
    expect(entries).toMatchObject([
      {
        source: 'acme.example',
        detail: body,
        resources: ['urn:webhook:acme:delivery:a-1', `urn:webhook:acme:body:${digest}`],
      },
    ]);
  });
});
