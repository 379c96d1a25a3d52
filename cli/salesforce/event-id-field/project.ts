import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError, isErrorNamed } from '../../errors.ts';
import { metadataOf, ownerOf } from './field.ts';
import { PERMISSION_SET, permissionSetDescription, permissionSetLabel } from './setup.ts';

const SOURCE = 'force-app/main/default';
const PROJECT = 'sfdx-project.json';

const xml = (type: string, elements: readonly string[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<${type} xmlns="http://soap.sforce.com/2006/04/metadata">`,
    ...elements.map((element) => `    ${element}`),
    `</${type}>`,
    '',
  ].join('\n');

const element = (name: string, value: unknown): string => `<${name}>${value}</${name}>`;

function fieldFile(owner: string, field: string): [string, string] {
  const values = Object.entries({ fullName: field, ...metadataOf(field) });
  const sorted = values.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    `${SOURCE}/objects/${owner}/fields/${field}.field-meta.xml`,
    xml(
      'CustomField',
      sorted.map(([name, value]) => element(name, value)),
    ),
  ];
}

function permissionSetFile(objects: readonly string[], field: string): [string, string] {
  const grants = objects.flatMap((object) => [
    '<fieldPermissions>',
    `    ${element('editable', true)}`,
    `    ${element('field', `${object}.${field}`)}`,
    `    ${element('readable', true)}`,
    '</fieldPermissions>',
  ]);
  const description = element('description', permissionSetDescription);
  return [
    `${SOURCE}/permissionsets/${PERMISSION_SET}.permissionset-meta.xml`,
    xml('PermissionSet', [description, ...grants, element('label', permissionSetLabel)]),
  ];
}

/** `sf` deploys from a project only. */
const projectFile = (apiVersion: string): [string, string] => [
  PROJECT,
  `${JSON.stringify(
    {
      packageDirectories: [{ path: 'force-app', default: true }],
      sourceApiVersion: apiVersion.replace('v', ''),
    },
    undefined,
    2,
  )}\n`,
];

/** Never overwrites a file with other contents. @returns whether the file was written */
async function writeNew(file: string, text: string, keepsOther: boolean): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (cause) {
    if (!isErrorNamed(cause, 'EEXIST')) throw cause;
    if (keepsOther || (await readFile(file, 'utf8')) === text) return false;
    throw new CliError(
      `${file} exists with other contents and was not changed: pass all objects in one command, and another --folder.`,
      { cause },
    );
  }
}

interface ProjectOptions {
  readonly folder: string;
  readonly objects: readonly string[];
  readonly field: string;
  readonly apiVersion: string;
}

/**
 * Writes the fields and the permission set as metadata that `sf project deploy start` deploys, in the layout of a project
 * ("Salesforce DX Developer Guide", Project Structure and Source Format).
 *
 * @returns the files, new or with the same contents as before.
 * @throws CliError when a file has other contents.
 */
export async function writeProject(options: ProjectOptions): Promise<string[]> {
  const { folder, objects, field, apiVersion } = options;
  const owners = [...new Set(objects.map(ownerOf))];
  const files = [
    projectFile(apiVersion),
    ...owners.map((owner) => fieldFile(owner, field)),
    permissionSetFile(objects, field),
  ];
  for (const [name, text] of files) await writeNew(join(folder, name), text, name === PROJECT);
  return files.map(([name]) => join(folder, name));
}
