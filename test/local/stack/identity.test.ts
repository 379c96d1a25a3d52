import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  makePrivateFolder,
  readJsonFile,
  readOptionalFile,
  writeJsonFile,
} from '../../../local/stack/files.ts';
import { keepPort, readIdentity } from '../../../local/stack/identity.ts';
import { choosePort } from '../../../local/stack/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'identity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newFile = (name: string): string => join(mkdtempSync(join(folder, 'one-')), name);

/** Listens on a port until it is released. */
async function hold(port: number): Promise<() => Promise<unknown>> {
  const server = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return () => new Promise((resolve) => server.close(resolve));
}

describe('the identity of the local stack', () => {
  it('is made once, for its owner only, and stays the same', async () => {
    const file = newFile('identity.json');
    const made = await readIdentity(file);
    expect(made.secrets.github).toMatch(/^[0-9a-f]{40}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await keepPort('engine', 4566, file);
    expect(await readIdentity(file)).toEqual({ ...made, ports: { engine: 4566 } });
    expect(readdirSync(join(file, '..'))).toEqual(['identity.json']);
  });

  it('is refused when broken, naming the file, what is wrong and what to do, and no value', async () => {
    const file = newFile('identity.json');
    const { org } = await readIdentity(file);
    writeFileSync(
      file,
      JSON.stringify({ org, secrets: { github: 'canary', twilio: 1 }, ports: {} }),
    );
    await expect(readIdentity(file)).rejects.toThrow(
      /identity\.json is broken: secrets\.twilio: .*\. Delete it: the next start makes new secrets/,
    );
    await expect(readIdentity(file)).rejects.not.toThrow(/canary/);
    writeFileSync(file, '{"secrets": "canary');
    await expect(readIdentity(file)).rejects.toThrow(
      /identity\.json is broken: it is not a JSON object\. Delete it/,
    );
    await expect(readIdentity(file)).rejects.not.toThrow(/canary/);
  });
});

it('keeps the folder of the local stack for its owner, also one that others could read', async () => {
  for (const path of [newFile('new'), mkdtempSync(join(folder, 'old-'))]) {
    if (path.includes('old-')) chmodSync(path, 0o755);
    await makePrivateFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
});

describe('choosePort', () => {
  it('returns the same port at each start, and another one, which is then kept, while a program holds it', async () => {
    const file = newFile('identity.json');
    const { port } = await choosePort('engine', undefined, file);
    expect(await choosePort('engine', undefined, file)).toEqual({ port });
    const release = await hold(port);
    const other = await choosePort('engine', undefined, file);
    expect(other).toEqual({ port: expect.any(Number), taken: port });
    expect(other.port).not.toBe(port);
    await release();
    expect(await choosePort('engine', undefined, file)).toEqual({ port: other.port });
  });

  it('keeps the port that a start asks for, and each service has its own', async () => {
    const file = newFile('identity.json');
    const free = await hold(0).then(async (release) => {
      await release();
      return (await choosePort('salesforce', undefined, file)).port;
    });
    expect(await choosePort('engine', free + 200, file)).toEqual({ port: free + 200 });
    expect(await choosePort('engine', undefined, file)).toEqual({ port: free + 200 });
    expect(await choosePort('salesforce', undefined, file)).toEqual({ port: free });
  });
});

describe('the files of .local/', () => {
  it('are nothing only when they are missing', async () => {
    expect(await readOptionalFile(newFile('none'))).toBeUndefined();
    expect(await readJsonFile(newFile('none'), 'Delete it.')).toBeUndefined();
    const isFolder = newFile('folder');
    mkdirSync(isFolder);
    await expect(readOptionalFile(isFolder)).rejects.toThrow(/folder cannot be read \(EISDIR\)/);
    const isNoFolder = newFile('file');
    writeFileSync(isNoFolder, '');
    await expect(readJsonFile(join(isNoFolder, 'x'), '')).rejects.toThrow('(ENOTDIR)');
  });

  it.each(['', '[]', '"canary"', '{'])('that hold %j are broken', async (text) => {
    const file = newFile('run.json');
    writeFileSync(file, text);
    await expect(readJsonFile(file, 'Delete it.')).rejects.toThrow(
      /run\.json is broken: it is not a JSON object\. Delete it\.$/,
    );
  });

  it('are replaced as a whole, whoever could read the former one', async () => {
    const file = newFile('stack.json');
    writeFileSync(file, '{}');
    chmodSync(file, 0o644);
    await writeJsonFile(file, { a: 1 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
