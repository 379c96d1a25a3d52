import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFunction } from '../../build/function.ts';
import { buildLayer } from '../../build/layer.ts';
import { roomOf, rooms } from '../../build/rooms.ts';
import { layerPackages } from '../../layers/dependencies/packages.ts';

const outdir = mkdtempSync(join(tmpdir(), 'build-'));
const external = new Map<string, string[]>();

beforeAll(async () => {
  await buildLayer(join(outdir, 'layer'));
  for (const room of Object.values(rooms)) {
    const { outputs } = await buildFunction({
      room,
      outdir: join(outdir, room),
      standalone: false,
    });
    const imports = Object.values(outputs).flatMap(({ imports: all }) => all);
    external.set(
      room,
      imports.filter(({ external: isExternal }) => isExternal).map(({ path }) => path),
    );
  }
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe('the layer', () => {
  it.each(layerPackages)('%s is loaded by two or more functions', (name) => {
    const users = [...external].filter(([, imports]) => imports.includes(name));
    expect(users.length).toBeGreaterThanOrEqual(2);
  });

  it.each(layerPackages)('%s can be imported from it', (name) => {
    const script = `import('${join(outdir, 'layer/nodejs/node_modules', name, 'index.mjs')}').then((m) => console.log(Object.keys(m).length))`;
    expect(
      Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })),
    ).toBeGreaterThan(0);
  });
});

describe('a function', () => {
  it.each(Object.values(rooms))(
    '%s imports nothing but Node, its own code and the layer',
    (room) => {
      const foreign = (external.get(room) ?? []).filter(
        (path) =>
          !path.startsWith('node:') &&
          !process.getBuiltinModule(path) &&
          !layerPackages.some((name) => name === path),
      );
      expect(foreign).toEqual([]);
    },
  );

  it('that calls AWS does not load undici with it', () => {
    const script = `
      const { EventBridgeClient, PutEventsCommand } = await import('${join(outdir, 'layer/nodejs/node_modules/@aws-sdk/client-eventbridge/index.mjs')}');
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new EventBridgeClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', maxAttempts: 1, credentials });
      await client.send(new PutEventsCommand({ Entries: [] })).catch(({ code }) => console.log(code));
      console.log(process.moduleLoadList.filter((name) => name.includes('undici')).length);`;
    const args = ['--input-type=module', '--eval', script];
    const said = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(said).toBe('ECONNREFUSED\n0\n');
  });

  it('that the build does not know is named with those it knows', () => {
    expect(() => roomOf('OtherFunction')).toThrow(/OtherFunction.*GitHubWebhookFunction/);
  });
});
