import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { esbuildOptions } from '../../build/esbuild-options.ts';
import { buildFunction, splitOptions } from '../../build/function.ts';
import { functionFolder, functionFolders } from '../../build/function-folders.ts';
import { buildLayer } from '../../build/layer.ts';
import { layerPackages } from '../../layers/dependencies/packages.ts';

const outdir = mkdtempSync(join(tmpdir(), 'build-'));
const external = new Map<string, string[]>();

beforeAll(async () => {
  await buildLayer(join(outdir, 'layer'));
  for (const functionName of Object.values(functionFolders)) {
    const { outputs } = await buildFunction({
      functionName,
      outdir: join(outdir, functionName),
      standalone: false,
    });
    const imports = Object.values(outputs).flatMap(({ imports: all }) => all);
    external.set(
      functionName,
      imports.filter(({ external: isExternal }) => isExternal).map(({ path }) => path),
    );
  }
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe('the layer', () => {
  it.each(layerPackages)('has %s, which two or more functions load, or a client of AWS', (name) => {
    const users = [...external].filter(([, imports]) => imports.includes(name));
    expect(users.length).toBeGreaterThanOrEqual(name.startsWith('@aws-sdk/') ? 1 : 2);
  });

  it.each(layerPackages)('exports %s', (name) => {
    const script = `import('${join(outdir, 'layer/nodejs/node_modules', name, 'index.mjs')}').then((m) => console.log(Object.keys(m).length))`;
    expect(
      Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })),
    ).toBeGreaterThan(0);
  });
});

describe('a function', () => {
  it.each(Object.values(functionFolders))(
    '%s imports only Node, its own code, and the layer',
    (functionName) => {
      const foreign = (external.get(functionName) ?? []).filter(
        (path) =>
          !path.startsWith('node:') &&
          !process.getBuiltinModule(path) &&
          !layerPackages.some((name) => name === path),
      );
      expect(foreign).toEqual([]);
    },
  );

  it('has the mappings of mappings/, and loads their libraries only when one is used', () => {
    const main = readFileSync(join(outdir, 'salesforce-apicall/index.mjs'), 'utf8');
    expect(main).toContain('An opened GitHub issue becomes a Case');
    // An error code of JSONata, an error of RE2, and libphonenumber's first table.
    expect(main).not.toMatch(/D3137|RE2JSSyntaxException|country_calling_codes/);
  });

  it('does not load undici for a call to AWS', () => {
    const script = `
      const { EventBridgeClient, PutEventsCommand } = await import('${join(outdir, 'layer/nodejs/node_modules/@aws-sdk/client-eventbridge/index.mjs')}');
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new EventBridgeClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', maxAttempts: 1, credentials });
      await client.send(new PutEventsCommand({ Entries: [] })).catch(({ code }) => console.log(code));
      console.log(process.moduleLoadList.filter((name) => name.includes('undici')).length);`;
    const args = ['--input-type=module', '--eval', script];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(output).toBe('ECONNREFUSED\n0\n');
  });

  it("uses its role's credentials for a call to AWS, and fails without them", () => {
    const client = join(outdir, 'layer/nodejs/node_modules/@aws-sdk/client-sqs/index.mjs');
    const script = `
      const { SQSClient } = await import('${client}');
      const { credentials } = new SQSClient({ region: 'us-east-1' }).config;
      console.log(await credentials().then(({ sessionToken }) => sessionToken, ({ name }) => name));`;
    const output = (env: Record<string, string>): string =>
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
        env,
      });
    const role = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' };
    expect(output(role)).toBe('c\n');
    expect(output({})).toBe('CredentialsProviderError\n');
  });

  it("can import Node's modules dynamically", async () => {
    const contents = "export const load = () => import('node:async_hooks');";
    const folder = join(outdir, 'builtins');
    const stdin = { contents, resolveDir: process.cwd() };
    await build({ ...esbuildOptions, ...splitOptions, stdin, outdir: folder });
    const { load } = await import(join(folder, 'stdin.mjs'));
    expect((await load()).AsyncLocalStorage).toBe(AsyncLocalStorage);
  });

  it('is rejected by the build if it is unknown, with a list of the known ones', () => {
    expect(() => functionFolder('OtherFunction')).toThrow(/OtherFunction.*GitHubWebhookFunction/);
  });
});

it('apicall reads CloudEvents without the cloudevents package, which only tests use', async () => {
  const folder = join(outdir, 'apicall-imports');
  const functionName = 'salesforce-apicall';
  const metafile = await buildFunction({ functionName, outdir: folder, standalone: true });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('functions/salesforce-apicall/request/cloud-event.ts');
  expect(inputs.filter((file) => file.startsWith('node_modules/cloudevents/'))).toEqual([]);
});
