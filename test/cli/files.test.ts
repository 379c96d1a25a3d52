import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { environmentNames, parseEnvironment } from '../../cli/environment/file.ts';
import { UsageError } from '../../cli/errors.ts';
import { listFolder, readOptionalFile, readTextFile } from '../../cli/files.ts';
import { createRecord } from '../../cli/remove/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'a.txt');
writeFileSync(file, 'text');
const missing = join(folder, 'none');

describe('a file or folder', () => {
  it('that is missing is none, unless the command line names it', async () => {
    expect(await readOptionalFile(missing)).toBeUndefined();
    expect(await listFolder(missing)).toEqual([]);
    await expect(readTextFile(missing)).rejects.toThrow(`${missing} cannot be read (ENOENT)`);
  });

  it('that is there is read', async () => {
    expect(await readOptionalFile(file)).toBe('text');
    expect(await listFolder(folder)).toContain('a.txt');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a folder in place of a file', () => readOptionalFile(folder), 'EISDIR'],
    ['a file in place of a folder', () => listFolder(file), 'ENOTDIR'],
    ['a file below a file', () => readOptionalFile(join(file, 'b')), 'ENOTDIR'],
    ['a file in place of the folder of environments', () => environmentNames(file), 'ENOTDIR'],
  ])('that can not be read is not taken for none: %s', async (_what, read, code) => {
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(`cannot be read (${code}): check the path`);
  });
});

describe('the record of what a removal left', () => {
  const text = 'Account: "012345678901"\nRegion: eu-central-1\nStackName: shop\n';
  const environment = parseEnvironment('test', join(folder, 'test.yaml'), text);
  const records = join(folder, 'removed');
  const record = createRecord(records);
  const kept = { type: 'AWS::S3::Bucket', name: 'ParkBucket', physicalId: 'bucket-1' };
  const path = join(records, '012345678901-eu-central-1-shop.json');

  it('is nothing before one is written', async () => {
    expect(await record.read(environment)).toEqual([]);
    await record.write(environment, [kept]);
    expect(await record.read(environment)).toEqual([kept]);
  });

  it.each(['', '[', '{}', '[{"type":1}]', 'null'])('that is %j is refused', async (damaged) => {
    writeFileSync(path, damaged);
    await expect(record.read(environment)).rejects.toThrow(UsageError);
    await expect(record.read(environment)).rejects.toThrow(`${path}, the record`);
  });

  it('that can not be read is not taken for nothing', async () => {
    rmSync(path);
    mkdirSync(path);
    await expect(record.read(environment)).rejects.toThrow('cannot be read (EISDIR)');
  });
});
