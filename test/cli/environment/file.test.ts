import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  chooseEnvironment,
  createEnvironment,
  environmentNames,
  parseEnvironment,
  readEnvironment,
  setParameters,
  writeEnvironment,
} from '../../../cli/environment/file.ts';
import { FOLDER } from '../../../cli/options.ts';
import { parameterProblems, readTemplate } from '../../../local/template/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'environments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const head = 'Account: "012345678901"\nRegion: eu-central-1\nStackName: shop\n';
const parse = (text: string) => parseEnvironment('test', join(folder, 'test.yaml'), text);

describe('parseEnvironment', () => {
  it('reads every value as text, however it is written', () => {
    const text = `Account: 012345678901\nRegion: eu-central-1\nStackName: shop\nParameters:\n  CreateStackAlarm: true\n  MaxAttempts: 3\n  AllowedObjects: [Case, Task]\n  EventBusName:\n`;
    expect(parse(text)).toMatchObject({
      account: '012345678901',
      parameters: {
        CreateStackAlarm: 'true',
        MaxAttempts: '3',
        AllowedObjects: 'Case,Task',
        EventBusName: '',
      },
      tags: {},
    });
  });

  it.each([
    ['', 'must hold lines such as Region: eu-central-1'],
    ['Acount: 1', 'Acount is not a key of this file: did you mean Account?'],
    [head.replace('eu-central-1', 'frankfurt'), 'Region must be an AWS Region'],
    [head.replace('012345678901', '1234'), 'Account must be the 12 digits'],
    [`${head}Parameters: text\n`, 'Parameters must hold lines'],
    [`${head}Parameters:\n  A: { b: c }\n`, 'Parameters.A must be text or a list'],
    [`${head}Parameters: [\n`, "can't be read as YAML"],
    [`${head}Parameters:\n\tMaxAttempts: 3\n`, 'Tabs are not allowed as indentation at line 5'],
    [`${head}Region: eu-west-1\n`, 'Map keys must be unique at line 4'],
    [`${head}---\n${head}`, 'it has a line ---'],
    [head.replace('"012345678901"', '[1]'), 'Account must be text'],
    [head.replace('Region: eu-central-1\n', ''), 'Region is missing'],
  ])('refuses %j', (text, problem) => {
    expect(() => parse(text)).toThrow(problem);
  });

  it.each(['only text', '- Account: 1\n- Region: 2\n', `\uFEFF${head.replaceAll('', '\0')}`])(
    'refuses what is no map in one sentence: %j',
    (text) => {
      expect(() => parse(text)).toThrow(/explains each line\):\n[^\n]+$/);
    },
  );

  it.each([
    ['CRLF', head.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${head}`],
  ])('reads a file with %s', (_what, text) => {
    expect(parse(text)).toMatchObject({ account: '012345678901', stackName: 'shop' });
  });
});

describe('setParameters', () => {
  it('changes and adds values, and keeps the comments', () => {
    const text = `# Why.\n${head}Parameters:\n  # The reason.\n  MaxAttempts: 3 # three\nTags:\n  team: crm\n`;
    const { document, parameters } = setParameters(parse(text), {
      MaxAttempts: '8',
      LogLevel: 'DEBUG',
    });
    expect(parameters).toEqual({ MaxAttempts: '8', LogLevel: 'DEBUG' });
    expect(document.toString()).toBe(
      `# Why.\n${head}Parameters:\n  # The reason.\n  MaxAttempts: 8 # three\n  LogLevel: DEBUG\nTags:\n  team: crm\n`,
    );
  });

  it.each(['', 'Parameters:\n', 'Parameters: {}\n'])(
    'works on a file without parameters: %j',
    (end) => {
      const { document } = setParameters(parse(`${head}${end}`), { MaxAttempts: '8' });
      expect(parse(document.toString()).parameters).toEqual({ MaxAttempts: '8' });
    },
  );
});

describe('a new environment', () => {
  it.each(['*', 'a: b', '"quoted"', '# no comment', 'a,b', '{"a":1}', '', 'rate(5 minutes)'])(
    'reads back the value %j',
    async (value) => {
      const answers = {
        name: 'new',
        account: '012345678901',
        region: 'eu-central-1',
        stackName: 's',
      };
      const parameters = { Value: value };
      const environment = createEnvironment(folder, {
        ...answers,
        parameters,
        tags: { team: 'a' },
      });
      await writeEnvironment(environment);
      expect(await readEnvironment(folder, 'new')).toMatchObject({ ...answers, parameters });
      expect(readFileSync(environment.file, 'utf8')).toContain('Account: "012345678901"');
    },
  );
});

describe('chooseEnvironment', () => {
  it('is the only one, or the one that is named', () => {
    expect(chooseEnvironment(undefined, ['test'])).toBe('test');
    expect(chooseEnvironment('prod', ['prod', 'test'])).toBe('prod');
    expect(chooseEnvironment(undefined, [])).toBeUndefined();
  });

  it('has to be named among several, by a name that a file can have', () => {
    expect(() => chooseEnvironment(undefined, ['prod', 'test'])).toThrow('one of prod, test');
    for (const name of ['example', '../prod', 'Prod', ''])
      expect(() => chooseEnvironment(name, [])).toThrow('is not a name');
  });
});

describe('deploy/example.yaml', () => {
  it('is no environment', async () => {
    writeFileSync(join(folder, 'example.yaml'), head);
    expect(await environmentNames(folder)).not.toContain('example');
    expect(readdirSync(FOLDER)).toContain('example.yaml');
  });

  it('is valid, and so is each parameter that it shows in a comment', () => {
    const text = readFileSync(join(FOLDER, 'example.yaml'), 'utf8');
    const all = text.replaceAll(/^( *)# ([A-Z][A-Za-z]+: )/gm, '$1$2');
    expect(parse(text).parameters).toBeDefined();
    const { parameters } = parse(all);
    expect(Object.keys(parameters).length).toBeGreaterThan(10);
    expect(parameterProblems(readTemplate('template.yaml'), parameters)).toEqual([]);
  });
});
