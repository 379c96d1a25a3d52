import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, run } from '../harness.ts';

const write = async (folder: string, args: readonly string[]) =>
  run(['event-id-field', '--print', '--folder', folder, ...args]);

const SOURCE = 'force-app/main/default';
const SET = `${SOURCE}/permissionsets/Salesforce_EventBridge_Event_Ids.permissionset-meta.xml`;

describe('salesforce event-id-field --print', () => {
  it('writes a field for each object, and one for tasks and events, as a project', async () => {
    const folder = await makeFolder();
    const { exitCode, output } = await write(folder, ['Case', 'task', 'Event', '--json']);
    const { files, parameters } = JSON.parse(output).result;
    expect(exitCode).toBe(0);
    expect(files).toEqual(
      [
        'sfdx-project.json',
        `${SOURCE}/objects/Case/fields/Event_Id__c.field-meta.xml`,
        `${SOURCE}/objects/Activity/fields/Event_Id__c.field-meta.xml`,
        SET,
      ].map((file) => join(folder, file)),
    );
    expect(parameters).toEqual({
      EventIdFields: 'Case:Event_Id__c,Task:Event_Id__c,Event:Event_Id__c',
    });
  });

  it('writes what Metadata API deploys', async () => {
    const folder = await makeFolder();
    await write(folder, ['Task', '--field', 'Key__c', '--user', 'integration@acme.example']);
    const read = (file: string) => readFile(join(folder, file), 'utf8');
    const field = await read(`${SOURCE}/objects/Activity/fields/Key__c.field-meta.xml`);
    expect(field).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<CustomField xmlns=/);
    for (const element of [
      '<fullName>Key__c</fullName>',
      '<type>Text</type>',
      '<length>255</length>',
      '<unique>true</unique>',
      '<caseSensitive>true</caseSensitive>',
      '<externalId>true</externalId>',
    ])
      expect(field).toContain(element);
    expect(await read(SET)).toContain(
      '        <editable>true</editable>\n        <field>Task.Key__c</field>\n        <readable>true</readable>',
    );
    const project = JSON.parse(await read('sfdx-project.json'));
    expect(project).toMatchObject({ packageDirectories: [{ path: 'force-app' }] });
  });

  it('prints the commands that deploy and assign it', async () => {
    const folder = await makeFolder();
    const { output } = await write(folder, ['Case', '--user', 'integration@acme.example']);
    expect(output).toContain(`cd ${folder}`);
    expect(output).toContain('sf project deploy start --source-dir force-app');
    expect(output).toContain(
      'sf org assign permset --name Salesforce_EventBridge_Event_Ids --on-behalf-of integration@acme.example',
    );
    expect(output).toContain('EventIdFields=Case:Event_Id__c');
  });

  it('can be repeated, and leaves the project file of others as it is', async () => {
    const folder = await makeFolder();
    const project = join(folder, 'sfdx-project.json');
    await writeFile(project, '{"name":"ours"}');
    await write(folder, ['Case']);
    expect((await write(folder, ['Case'])).exitCode).toBe(0);
    expect(await readFile(project, 'utf8')).toBe('{"name":"ours"}');
  });

  it('never overwrites other metadata', async () => {
    const folder = await makeFolder();
    await write(folder, ['Case']);
    const before = await readFile(join(folder, SET), 'utf8');
    const { exitCode, output } = await write(folder, ['Contact']);
    expect(exitCode).toBe(1);
    expect(output).toContain('exists with other contents');
    expect(await readFile(join(folder, SET), 'utf8')).toBe(before);
  });

  it.each([['--target-org', 'admin'], ['--token-stdin'], ['--local']])(
    'refuses %s, because it changes no org',
    async (...option) => {
      const { exitCode, output } = await write(await makeFolder(), ['Case', ...option]);
      expect(exitCode).toBe(2);
      expect(output).toContain('cannot be used with option');
    },
  );
});
