import { randomBytes } from 'node:crypto';
import { nameLengthProblems } from '../../local/template/name-lengths.ts';
import { type SourceTemplate, valueProblems } from '../../local/template/source.ts';
import { type Identity, identify } from '../environment/account.ts';
import { type Asking, ask, askYesNo } from '../environment/ask.ts';
import type { CreateDeploymentClients, DeploymentClients } from '../environment/aws.ts';
import { ENVIRONMENT_NAME, REGION, type Values } from '../environment/file.ts';
import { UsageError } from '../errors.ts';
import { refuse } from './options.ts';
import { requireSecret } from './secrets.ts';

/** Where an environment is deployed. */
export interface Place extends Identity {
  readonly name: string;
  readonly region: string;
  readonly stackName: string;
}

/** What is written to Secrets Manager when all questions are answered. */
export interface NewSecret {
  /** The parameter that gets the secret's ARN. */
  readonly parameter: string;
  /** The last part of the secret's name. */
  readonly suffix: string;
  readonly value: string;
  readonly isGenerated: boolean;
}

export interface Answers {
  readonly parameters: Values;
  readonly secrets: readonly NewSecret[];
  /** An address that alarms notify, through a topic that is created. */
  readonly email?: string;
}

const DEFAULT_STACK = 'salesforce-eventbridge';

const requireMatch = (text: string, pattern: RegExp, problem: string): string => {
  if (pattern.test(text)) return text;
  throw new UsageError(problem);
};

export const askName = (asking: Asking): Promise<string> =>
  ask(asking, {
    message: 'Name of this environment, such as production or test',
    preset: 'production',
    parse: (text) =>
      requireMatch(text, ENVIRONMENT_NAME, 'Use up to 40 lower-case letters, digits and hyphens.'),
  });

/** Asks where to deploy, and checks that the shell is signed in there. */
export async function askPlace(
  asking: Asking,
  name: string,
  {
    createClients,
    region: preset,
    template,
  }: {
    createClients: CreateDeploymentClients;
    region: string | undefined;
    template: SourceTemplate;
  },
): Promise<Place> {
  const region = await ask(asking, {
    message: 'AWS Region',
    ...(preset === undefined ? {} : { preset }),
    parse: (text) => requireMatch(text, REGION, 'Write a Region such as eu-central-1.'),
  });
  const identity = await identify(createClients, region);
  asking.log(`  Account ${identity.account}, signed in as ${identity.arn}`);
  const stackName = await ask(asking, {
    message: 'Name of the CloudFormation stack',
    preset: name === 'production' ? DEFAULT_STACK : `${DEFAULT_STACK}-${name}`,
    parse: (text) => {
      refuse(nameLengthProblems(template, {}, text));
      return text;
    },
  });
  return { ...identity, name, region, stackName };
}

interface SecretQuestion {
  readonly parameter: string;
  readonly suffix: string;
  /** What the secret is, with its article. */
  readonly what: string;
  readonly label: string;
  /** A secret that users invent can be generated. */
  readonly canGenerate: boolean;
}

const github: SecretQuestion = {
  parameter: 'GitHubWebhookSecretArn',
  suffix: 'github-webhook',
  what: 'the webhook secret',
  label: 'GitHub webhook secret',
  canGenerate: true,
};

const twilio: SecretQuestion = {
  parameter: 'TwilioWebhookSecretArn',
  suffix: 'twilio-webhook',
  what: 'the auth token',
  label: 'Twilio auth token',
  canGenerate: false,
};

/** An ARN that the template accepts, of a secret that exists; undefined for an empty answer. */
async function parseSecretArn(
  { clients, template }: QuestionContext,
  parameter: string,
  text: string,
): Promise<string | undefined> {
  if (text === '') return undefined;
  refuse(valueProblems(template, { [parameter]: text }));
  await requireSecret(clients, text);
  return text;
}

function parseSecretValue(text: string, { canGenerate, label }: SecretQuestion): string {
  if (text === '' && canGenerate) return '';
  if (text.trim() === '') throw new UsageError(`The ${label} can't be empty.`);
  if (text !== text.trim())
    throw new UsageError(`The ${label} begins or ends with a space: copy it again.`);
  return text;
}

interface QuestionContext {
  readonly clients: DeploymentClients;
  readonly template: SourceTemplate;
}

async function askSecret(
  asking: Asking,
  context: QuestionContext,
  question: SecretQuestion,
): Promise<Answers> {
  const { canGenerate, label, parameter, suffix, what } = question;
  const arn = await ask(asking, {
    message: `ARN of an existing secret with ${what} (Enter: type it next)`,
    parse: (text) => parseSecretArn(context, parameter, text),
  });
  if (arn !== undefined) return { parameters: { [parameter]: arn }, secrets: [] };
  const value = await ask(asking, {
    message: `${label} (not shown${canGenerate ? '; Enter: generate one' : ''})`,
    isSecret: true,
    parse: (text) => parseSecretValue(text, question),
  });
  const isGenerated = value === '';
  const written = isGenerated ? randomBytes(20).toString('hex') : value;
  return { parameters: {}, secrets: [{ parameter, suffix, value: written, isGenerated }] };
}

async function askWebhook(
  asking: Asking,
  context: QuestionContext,
  provider: 'GitHub' | 'Twilio',
): Promise<Answers> {
  if (!(await askYesNo(asking, `Receive ${provider} webhooks?`)))
    return { parameters: {}, secrets: [] };
  return askSecret(asking, context, provider === 'GitHub' ? github : twilio);
}

async function askSalesforce(asking: Asking, context: QuestionContext): Promise<Values> {
  const { template } = context;
  const AuthFlow = await ask(asking, {
    message: 'Salesforce login: jwt (a certificate), client_credentials or password',
    preset: String(template.Parameters['AuthFlow']?.['Default'] ?? ''),
    parse: (text) => {
      refuse(valueProblems(template, { AuthFlow: text }));
      return text;
    },
  });
  const arn = await ask(asking, {
    message:
      'ARN of an existing secret with the Salesforce credentials (Enter: the stack creates one)',
    parse: (text) => parseSecretArn(context, 'SalesforceSecretArn', text),
  });
  return { AuthFlow, ...(arn === undefined ? {} : { SalesforceSecretArn: arn }) };
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

async function askAlarms(
  asking: Asking,
  { template }: QuestionContext,
): Promise<Pick<Answers, 'email'> & { parameters: Values }> {
  const address = await ask(asking, {
    message:
      'Who is notified of alarms: an e-mail address, or the ARN of an SNS topic (Enter: nobody)',
    parse: (text) => {
      if (text === '' || EMAIL.test(text)) return text;
      if (!text.startsWith('arn:'))
        throw new UsageError('Write an address such as ops@example.com, or an ARN.');
      refuse(valueProblems(template, { AlarmTopicArn: text }));
      return text;
    },
  });
  if (address === '') return { parameters: {} };
  if (address.startsWith('arn:')) return { parameters: { AlarmTopicArn: address } };
  return { parameters: {}, email: address };
}

/** Asks what a first deployment needs to know; everything else has a default. Nothing is written yet. */
export async function askParameters(asking: Asking, context: QuestionContext): Promise<Answers> {
  const gitHub = await askWebhook(asking, context, 'GitHub');
  const twilioAnswers = await askWebhook(asking, context, 'Twilio');
  const salesforce = await askSalesforce(asking, context);
  const { email, parameters } = await askAlarms(asking, context);
  return {
    parameters: {
      ...gitHub.parameters,
      ...twilioAnswers.parameters,
      ...salesforce,
      ...parameters,
    },
    secrets: [...gitHub.secrets, ...twilioAnswers.secrets],
    ...(email === undefined ? {} : { email }),
  };
}
