import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Document, isMap, parseDocument, Scalar, type YAMLError } from 'yaml';
import * as z from 'zod';
import { suggestion } from '../../local/template/constraints.ts';
import { toSentences, UsageError } from '../errors.ts';
import { listFolder, readOptionalFile } from '../files.ts';

export type Values = Readonly<Record<string, string>>;

/** One environment: a stack in an account and Region, with its parameters. The file is the only truth. */
export interface Environment {
  readonly name: string;
  readonly file: string;
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  /** The parameters that the file gives; all others have the template's defaults. */
  readonly parameters: Values;
  readonly tags: Values;
  /** The file with its comments. */
  readonly document: Document;
}

const EXAMPLE = 'example';

/** Names of environments are names of files. */
export const ENVIRONMENT_NAME = /^[a-z0-9][a-z0-9-]{0,40}$/;

export const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;

const KEYS = ['Account', 'Region', 'StackName', 'Parameters', 'Tags'];

/** A list is written with commas, as CloudFormation takes it; an empty value is empty text. */
const values = z
  .preprocess(
    (value) => (value === '' || value === null ? {} : value),
    z.record(
      z.string(),
      z.union([z.string(), z.array(z.string()), z.null()], 'must be text or a list'),
      'must hold lines such as Name: value',
    ),
  )
  .default({})
  .transform((record) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [name, [value ?? ''].flat().join(',')]),
    ),
  );

const textValue = z.string({
  error: ({ input }) => (input === undefined ? 'is missing' : 'must be text'),
});

const schema = z.object(
  {
    Account: textValue.regex(/^\d{12}$/, 'must be the 12 digits of an AWS account'),
    Region: textValue.regex(REGION, 'must be an AWS Region, such as eu-central-1'),
    StackName: textValue.min(1, 'is missing'),
    Parameters: values,
    Tags: values,
  },
  'must hold lines such as Region: eu-central-1',
);

const fileOf = (folder: string, name: string): string => join(folder, `${name}.yaml`);

/** The path as users type it. */
export const shownPath = (file: string): string => {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
};

function keyProblems({ contents }: Document): string[] {
  const keys = isMap(contents) ? contents.items.map(({ key }) => String(key)) : [];
  return keys
    .filter((key) => !KEYS.includes(key))
    .map((key) => `${key} is not a key of this file${suggestion(key, KEYS)}`);
}

/** The parser's reason, with the place, in words for people who don't program. */
function syntaxProblem({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'it has a line ---, which begins a second document';
  return message.trimEnd();
}

/**
 * Parses an environment's file. Every value is text, however it is written.
 *
 * @throws UsageError with every problem.
 */
export function parseEnvironment(name: string, file: string, yaml: string): Environment {
  const document = parseDocument(yaml, { schema: 'failsafe' });
  const [error] = document.errors;
  if (error !== undefined)
    throw new UsageError(`${shownPath(file)} can't be read as YAML: ${syntaxProblem(error)}`, {
      cause: error,
    });
  const content: unknown = document.toJS();
  const parsed = schema.safeParse(content);
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...keyProblems(document),
    ...issues.map(({ path, message }) => `${path.join('.') || 'The file'} ${message}`),
  ];
  if (!parsed.success || problems.length > 0)
    throw new UsageError(
      `${shownPath(file)} is invalid (deploy/example.yaml explains each line):\n${toSentences(problems)}`,
    );
  const { Account, Region, StackName, Parameters, Tags } = parsed.data;
  return {
    name,
    file,
    account: Account,
    region: Region,
    stackName: StackName,
    parameters: Parameters,
    tags: Tags,
    document,
  };
}

/** The names of the environments that have a file. @throws UsageError when the folder can't be read */
export async function environmentNames(folder: string): Promise<string[]> {
  const files = await listFolder(folder);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .filter((name) => name !== EXAMPLE && ENVIRONMENT_NAME.test(name))
    .toSorted();
}

/** @returns undefined when there is no such file. @throws UsageError when it can't be read, or is invalid */
export async function readEnvironment(
  folder: string,
  name: string,
): Promise<Environment | undefined> {
  const file = fileOf(folder, name);
  const text = await readOptionalFile(file);
  return text === undefined ? undefined : parseEnvironment(name, file, text);
}

/**
 * The environment that a command is about: the one it names, else the only one.
 *
 * @returns undefined when there is none yet.
 * @throws UsageError when there are several, or the name can't be one of a file.
 */
export function chooseEnvironment(
  given: string | undefined,
  names: readonly string[],
): string | undefined {
  if (given === undefined && names.length > 1)
    throw new UsageError(`There are several environments: pass --env, one of ${names.join(', ')}.`);
  if (given !== undefined && (given === EXAMPLE || !ENVIRONMENT_NAME.test(given)))
    throw new UsageError(
      `--env "${given}" is not a name: pass up to 40 lower-case letters, digits and hyphens, such as production.`,
    );
  return given ?? names[0];
}

/** What a new environment's file says. */
export type NewEnvironment = Pick<
  Environment,
  'name' | 'account' | 'region' | 'stackName' | 'parameters' | 'tags'
>;

const quoted = (text: string): Scalar => {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
};

/** An environment with a file that is yet to be written. */
export function createEnvironment(folder: string, answers: NewEnvironment): Environment {
  const file = fileOf(folder, answers.name);
  const document = parseDocument(
    [
      `# The environment "${answers.name}": npm run deploy deploys exactly this. deploy/example.yaml explains each line.`,
      '# It holds no secret: commit it. Change a value here, or with npm run deploy -- --set Name=Value.',
      'Account:',
    ].join('\n'),
    { schema: 'failsafe' },
  );
  document.set('Account', quoted(answers.account));
  document.set('Region', answers.region);
  document.set('StackName', answers.stackName);
  document.set('Parameters', document.createNode({ ...answers.parameters }));
  if (Object.keys(answers.tags).length > 0)
    document.set('Tags', document.createNode({ ...answers.tags }));
  return { ...answers, file, document };
}

/** The environment with these values of parameters; the file's comments stay. It is yet to be written. */
export function setParameters(environment: Environment, set: Values): Environment {
  const document = environment.document.clone();
  if (!isMap(document.get('Parameters', true))) document.set('Parameters', document.createNode({}));
  for (const [name, value] of Object.entries(set)) document.setIn(['Parameters', name], value);
  return { ...environment, document, parameters: { ...environment.parameters, ...set } };
}

export async function writeEnvironment({ document, file }: Environment): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, document.toString({ lineWidth: 0 }));
}
