import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths, root } from '../../local/stack/paths.ts';
import { urlEvent } from '../functions/kit.ts';
import { scene } from '../functions/webhooks/kit.ts';

const page = readFileSync(join(root, 'docs/adding-a-provider.md'), 'utf8');
const files = [...page.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)];
const SECRET = 'acme-secret';

let room = '';
beforeAll(() => {
  // Inside the project, for its imports; not in functions/, where other tests look at every file.
  mkdirSync(paths.local, { recursive: true });
  room = mkdtempSync(join(paths.local, 'documented-'));
  for (const [, name = '', text = ''] of files) writeFileSync(join(room, name), text);
});
afterAll(() => rmSync(room, { recursive: true }));

describe('the provider in docs/adding-a-provider.md', () => {
  it('consists of the files that the page says', () => {
    expect(files.map(([, name]) => name)).toEqual([
      'verify.ts',
      'describe.ts',
      'provider.ts',
      'index.ts',
    ]);
  });

  it('has the right types', () => {
    const config = join(room, 'tsconfig.json');
    writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', include: ['.'] }));
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['--project', config], { cwd: root });
  });

  it('lets in what is signed, and nothing else', async () => {
    const { acmeProvider } = await import(join(room, 'provider.ts'));
    const { entries, post } = scene(acmeProvider, SECRET, {});
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
    const answers = [
      await send(sign(SECRET)),
      await send(sign('other')),
      await send(sign(SECRET), `${body} `),
      await send(''),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 401, 401, 401]);
    expect(entries).toMatchObject([
      { source: 'acme.example', detail: body, resources: ['urn:webhook:acme:delivery:a-1'] },
    ]);
  });
});
