import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSettings, moods } from '../../../local/salesforce/settings.ts';
import { useTestOrg } from './harness.ts';

const readme = readFileSync('local/salesforce/README.md', 'utf8');
const sources = globSync('local/salesforce/*control.ts').map((path) => readFileSync(path, 'utf8'));

const org = useTestOrg();
const here = 'test/local/salesforce/';

describe('the README of the simulator', () => {
  it.each(Object.entries(createSettings().current))('documents the setting %s', (name, value) => {
    const row = readme
      .split('\n')
      .find((line) => new RegExp(`^\\| (\`\\w+\`, )?\`${name}\``).test(line));
    expect(row).toContain(typeof value === 'number' ? value.toLocaleString('en') : String(value));
  });

  it.each(Object.keys(moods))('names the mood %s', (mood) => {
    expect(readme).toContain(`\`${mood}\``);
  });

  it('shows a definition that the org takes', async () => {
    const [, example = ''] = /```json\n(.+?)```/s.exec(readme) ?? [];
    expect(await org().control('POST', 'schema', example)).toMatchObject({ status: 200 });
    const bug = { Status__c: 'Closed' };
    const { body } = await org().rest('POST', '/sobjects/Bug__c', bug);
    expect(body).toMatchObject([{ message: 'A closed bug needs its key' }]);
  });

  it.each([...sources.join().matchAll(/'(\/__sim\/[a-z-]+)/g)].map(([, path = '']) => path))(
    'documents the control request %s',
    (path) => {
      expect(readme).toContain(path);
    },
  );

  it('names tests that exist', () => {
    const found = readme.matchAll(/`([a-z/-]+(?:\.test\.ts|\/suite\.ts))`/g);
    const names = [...found].map(([, name = '']) => name);
    const isThere = (name: string): boolean =>
      existsSync(name.startsWith('test/') ? name : here + name);
    expect(names.filter((name) => !isThere(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(8);
  });
});
