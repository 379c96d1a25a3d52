import { SalesforceConfigurationError } from '../../../functions/salesforce-apicall/errors.ts';
import {
  type AuthFlow,
  type Credentials,
  parseCredentials,
} from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { CliError, UsageError } from '../../errors.ts';
import { toJson } from '../../format.ts';
import type { StackOptions } from '../../options.ts';
import type { Dependencies } from '../commands.ts';
import { readSecret } from '../secret.ts';
import { type EventIdField, eventIdFieldsOf, settingsFrom } from '../settings.ts';
import { findStack, handleAwsError } from '../stack.ts';
import { formatResults } from '../steps.ts';
import { writeProject } from './project.ts';
import { provideEventIdFields } from './provide.ts';
import { openSimulatorSession, parseSession, readSfSession } from './session.ts';
import { PERMISSION_SET } from './setup.ts';

/** The options of `event-id-field`, as commander names them. */
export interface EventIdFieldOptions extends StackOptions {
  readonly field: string;
  /** The integration user's username; otherwise the one in the stack's secret. */
  readonly user?: string;
  readonly targetOrg?: string;
  readonly tokenStdin?: boolean;
  readonly print?: boolean;
  readonly folder: string;
  readonly apiVersion?: string;
  readonly json?: boolean;
}

const COMMAND = 'salesforce event-id-field';

/** No org tells how it writes names: those of Task and Event decide about the owner. */
const activityName = (object: string): string =>
  ['Task', 'Event'].find((name) => name.toLowerCase() === object.toLowerCase()) ?? object;

/** `event-id-field --print`: writes metadata and prints how to deploy it. */
async function printProject(
  names: readonly string[],
  options: EventIdFieldOptions,
  { print }: Dependencies,
): Promise<void> {
  const { field, folder, json, user = '<integration user>' } = options;
  const { apiVersion } = settingsFrom(options, {});
  const objects = names.map(activityName);
  const files = await writeProject({ folder, objects, field, apiVersion });
  const commands = [
    `cd ${folder}`,
    'sf project deploy start --source-dir force-app --target-org <administrator>',
    `sf org assign permset --name ${PERMISSION_SET} --on-behalf-of ${user} --target-org <administrator>`,
  ];
  const EventIdFields = parameterOf(objects.map((object) => ({ object, field })));
  if (json) print(toJson(COMMAND, true, { files, commands, parameters: { EventIdFields } }));
  else {
    for (const file of files) print(`written  ${file}`);
    print(['Deploy and assign:', ...commands.map((command) => `  ${command}`)].join('\n'));
    print(`Then set the stack's parameter: EventIdFields=${EventIdFields}`);
  }
}

const parameterOf = (fields: readonly EventIdField[]): string =>
  fields.map(({ object, field }) => `${object}:${field}`).join(',');

/** The pairs that the stack has, with those that are new or have another field now. */
const mergedFields = (
  before: readonly EventIdField[],
  fields: readonly EventIdField[],
): EventIdField[] => {
  const isReplaced = ({ object }: EventIdField): boolean =>
    fields.some((pair) => pair.object.toLowerCase() === object.toLowerCase());
  return [...before.filter((pair) => !isReplaced(pair)), ...fields];
};

/** @throws CliError naming what is wrong with the secret, never a value. */
function readCredentials(json: string, flow: AuthFlow): Credentials {
  try {
    return parseCredentials(json, flow);
  } catch (error) {
    if (!(error instanceof SalesforceConfigurationError)) throw error;
    throw new CliError(`${error.message}: write it again, with npm run salesforce -- secret.`, {
      cause: error,
    });
  }
}

interface Integration {
  /** The integration user's username. */
  readonly user: string;
  /** Of the stack; undefined when it was not read. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The simulated org whose administrator changes it. */
  readonly simulator?: string;
}

/** Who the field is for. The stack is not read when the options name everything. */
async function findIntegration(
  options: EventIdFieldOptions,
  { createClients }: Dependencies,
): Promise<Integration> {
  const { user, local, targetOrg, tokenStdin } = options;
  const usesSimulator = local === true && targetOrg === undefined && tokenStdin !== true;
  if (user !== undefined && !usesSimulator) return { user };
  const clients = await createClients(options);
  const { parameters, secretArn } = await findStack(clients, options);
  const { flow } = settingsFrom({}, parameters);
  const json = await readSecret(clients, secretArn, handleAwsError);
  const credentials = readCredentials(json, flow);
  const username = user ?? (flow === 'client_credentials' ? '' : credentials.user);
  if (username === '')
    throw new UsageError(
      "The flow client_credentials has no username in the secret: pass the app's Run As user with --user.",
    );
  return { user: username, parameters, ...(usesSimulator && { simulator: credentials.server }) };
}

async function administratorSession(
  options: EventIdFieldOptions,
  simulator: string | undefined,
  { readInput, runSf, send }: Dependencies,
) {
  if (simulator !== undefined) return openSimulatorSession(simulator, send);
  if (options.tokenStdin) return parseSession(await readInput());
  return readSfSession(runSf, options.targetOrg);
}

/** What is left to do after the fields are made and granted. */
function nextSteps(
  parameter: string,
  fields: readonly EventIdField[],
  { local, isMerged }: Pick<StackOptions, 'local'> & { readonly isMerged: boolean },
): string {
  const check = fields.map(({ object, field }) => ` --event-id-field ${object}:${field}`).join('');
  return [
    `Set the stack's parameter: EventIdFields=${parameter}`,
    ...(isMerged ? [] : ['Add the pairs that the stack has already: its parameter was not read.']),
    `Check as the integration user: npm run salesforce -- check${local ? ' --local' : ''}${check}`,
    ...(local ? [] : [`Deploy: npm run deploy -- --set EventIdFields=${parameter}`]),
  ].join('\n');
}

/** `event-id-field`: makes and grants the fields, or writes them as metadata. @returns whether all steps passed */
export async function runEventIdField(
  objects: readonly string[],
  options: EventIdFieldOptions,
  dependencies: Dependencies,
): Promise<boolean> {
  if (options.print) {
    await printProject(objects, options, dependencies);
    return true;
  }
  const { print, send } = dependencies;
  const { field, json } = options;
  const { user, parameters, simulator } = await findIntegration(options, dependencies);
  const session = await administratorSession(options, simulator, dependencies);
  const { apiVersion } = settingsFrom(options, parameters ?? {});
  const { fields, results } = await provideEventIdFields(
    session,
    { objects, field, user, apiVersion },
    send,
    (result) => json || print(formatResults([result])),
  );
  const ok = results.every(({ status }) => status === 'ok' || status === 'warning');
  const EventIdFields = parameterOf(mergedFields(eventIdFieldsOf(parameters ?? {}), fields));
  if (json) print(toJson(COMMAND, ok, { steps: results, parameters: { EventIdFields } }));
  else if (fields.length > 0)
    print(nextSteps(EventIdFields, fields, { ...options, isMerged: parameters !== undefined }));
  if (!ok && !json) print('Not everything was set up: repeat the command after the fix.');
  return ok;
}
