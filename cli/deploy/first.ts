import { nearest } from '../../local/template/constraints.ts';
import type { SourceTemplate } from '../../local/template/source.ts';
import { type Asking, askYesNo } from '../environment/ask.ts';
import { DeniedError, type DeploymentClients } from '../environment/aws.ts';
import {
  createEnvironment,
  type Environment,
  shownPath,
  type Values,
  writeEnvironment,
} from '../environment/file.ts';
import { deployedDefaults, findStack, type StackDescription } from '../environment/stack.ts';
import { InterruptedError } from '../errors.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import {
  concurrencyProblem,
  highestReservation,
  readLambdaAccount,
  reservations,
} from './concurrency.ts';
import type { Dependencies } from './options.ts';
import { importedParameters } from './parameters.ts';
import {
  type Answers,
  askName,
  askParameters,
  askPlace,
  type NewSecret,
  type Place,
} from './questions.ts';
import { writeSecret } from './secrets.ts';
import { stackState } from './stack-state.ts';

const INTRODUCTION = `This environment has no file yet: a few questions, then its file is written. After that, the changes are shown
before anything is deployed. Ctrl-C stops at any time; an answer in brackets is what Enter means.`;

/** What a new secret's ARN is until it is written, as conditions see it. */
const PENDING_ARN = 'arn:aws:secretsmanager:…';

/** Lowers the reservation to what the account allows. New accounts often allow ten executions, and so none. */
async function fitConcurrency(
  asking: Asking,
  clients: DeploymentClients,
  template: SourceTemplate,
  { parameters, secrets }: Answers,
): Promise<Values> {
  const pending = Object.fromEntries(secrets.map(({ parameter }) => [parameter, PENDING_ARN]));
  const reserved = reservations(template, { ...parameters, ...pending });
  const account = await readLambdaAccount(clients, []).catch((error: unknown) => {
    // The checks before the deployment warn of it.
    if (!(error instanceof DeniedError)) throw error;
    return undefined;
  });
  if (account === undefined || concurrencyProblem(account.concurrency, reserved) === undefined)
    return {};
  const { concurrency } = account;
  const best = String(highestReservation(concurrency, reserved.length));
  asking.log(
    `  This account allows ${concurrency.limit} concurrent executions in this Region, too few to reserve ${reserved[0]} for each webhook. ` +
      `WebhookReservedConcurrency is set to ${best}${best === '-1' ? ', which reserves none' : ''}.`,
  );
  return { WebhookReservedConcurrency: best };
}

async function writeSecrets(
  clients: DeploymentClients,
  secrets: readonly NewSecret[],
  { stackName }: Place,
  { log }: Asking,
): Promise<Values> {
  const arns: Record<string, string> = {};
  for (const { isGenerated, parameter, suffix, value } of secrets) {
    const name = `${stackName}/${suffix}`;
    arns[parameter] = await writeSecret(clients, { name, stackName, value });
    log(`  Secret ${name} is written${isGenerated ? ', with a generated value' : ''}.`);
  }
  return arns;
}

async function alarmTopic(
  clients: DeploymentClients,
  email: string | undefined,
  { account, stackName }: Place,
  { log }: Asking,
): Promise<Values> {
  if (email === undefined) return {};
  const AlarmTopicArn = await createAlarmTopic(clients, { account, email, stackName });
  log(
    `  Topic ${stackName}-alarms is created. AWS sends ${email} a link: alarms arrive after it is confirmed.`,
  );
  return { AlarmTopicArn };
}

function summaryOf(file: string, parameters: Values, { email, secrets }: Answers): string {
  const pending = [
    ...secrets.map(({ parameter }) => [parameter, 'a new secret in AWS Secrets Manager'] as const),
    ...(email === undefined
      ? []
      : [['AlarmTopicArn', `a new topic that notifies ${email}`] as const]),
  ];
  const lines = [...Object.entries(parameters), ...pending].map(
    ([name, value]) => `  ${name}: ${value}`,
  );
  return `\n${shownPath(file)} will say, with the template's defaults for everything else:\n${lines.join('\n') || '  (only defaults)'}`;
}

const confirmFile = async (asking: Asking, file: string): Promise<void> => {
  if (await askYesNo(asking, `Write ${shownPath(file)}?`, 'yes')) return;
  throw new InterruptedError('Nothing was written or deployed.');
};

/** The file of a stack that was deployed by other means: as it is deployed. */
async function importStack(
  asking: Asking,
  clients: DeploymentClients,
  {
    place,
    stack,
    template,
    folder,
  }: { place: Place; stack: StackDescription; template: SourceTemplate; folder: string },
): Promise<Environment> {
  const defaults = await deployedDefaults(clients, stack.name);
  const parameters = importedParameters(template, { values: stack.parameters, defaults });
  const environment = createEnvironment(folder, { ...place, parameters, tags: stack.tags });
  const gone = Object.keys(stack.parameters).filter((name) => !(name in template.Parameters));
  asking.log(
    `  The stack ${stack.name} exists already (${stack.status}): its file is made from it. Secrets keep their values.` +
      (gone.length === 0 ? '' : `\n  This version has no ${gone.join(', ')} any more.`),
  );
  asking.log(summaryOf(environment.file, parameters, { parameters, secrets: [] }));
  await confirmFile(asking, environment.file);
  await writeEnvironment(environment);
  return environment;
}

async function answeredEnvironment(
  asking: Asking,
  clients: DeploymentClients,
  { place, template, folder }: { place: Place; template: SourceTemplate; folder: string },
): Promise<Environment> {
  const answers = await askParameters(asking, { clients, template });
  const fitted = await fitConcurrency(asking, clients, template, answers);
  const parameters = { ...answers.parameters, ...fitted };
  const draft = createEnvironment(folder, { ...place, parameters, tags: {} });
  asking.log(summaryOf(draft.file, parameters, answers));
  await confirmFile(asking, draft.file);
  const created = {
    ...(await writeSecrets(clients, answers.secrets, place, asking)),
    ...(await alarmTopic(clients, answers.email, place, asking)),
  };
  const environment = createEnvironment(folder, {
    ...place,
    parameters: { ...created, ...parameters },
    tags: {},
  });
  await writeEnvironment(environment);
  asking.log(`  ${shownPath(environment.file)} is written. Commit it: it holds no secret.\n`);
  return environment;
}

/** A name that resembles one of an environment may be a slip. */
async function confirmNew(asking: Asking, name: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const similar = nearest(name, names);
  const hint = similar === undefined ? `There are ${names.join(', ')}` : `Did you mean ${similar}`;
  const isNew = await askYesNo(asking, `There is no environment ${name}. ${hint}? Create ${name}?`);
  if (!isNew) throw new InterruptedError('Nothing was written or deployed.');
}

/** Asks for an environment's first deployment, and writes its file and secrets. */
export async function firstEnvironment(
  asking: Asking,
  given: string | undefined,
  names: readonly string[],
  { createClients, folder, shellRegion, template }: Dependencies & { template: SourceTemplate },
): Promise<Environment> {
  if (given !== undefined) await confirmNew(asking, given, names);
  asking.log(INTRODUCTION);
  const name = given ?? (await askName(asking));
  const place = await askPlace(asking, name, {
    createClients,
    region: await shellRegion(),
    template,
  });
  const clients = createClients(place.region);
  const stack = await findStack(clients, place.stackName);
  const isDeployed =
    stack !== undefined && stackState(stack.name, stack.status).action === 'update';
  return isDeployed
    ? importStack(asking, clients, { place, stack, template, folder })
    : answeredEnvironment(asking, clients, { place, template, folder });
}
