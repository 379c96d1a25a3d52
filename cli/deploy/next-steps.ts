import type { Environment, Values } from '../environment/file.ts';
import { shownPath } from '../environment/file.ts';

const DEFAULT_STACK = 'salesforce-eventbridge';

/** A command for this environment, as it has to be typed in the user's shell. */
const commandFor =
  ({ region, stackName }: Environment, shellRegion: string | undefined) =>
  (command: string): string => {
    const variable = shellRegion === region ? '' : `AWS_REGION=${region} `;
    const option =
      stackName === DEFAULT_STACK
        ? ''
        : `${command.includes(' -- ') ? '' : ' --'} --stack-name ${stackName}`;
    return `${variable}${command}${option}`;
  };

const readSecret = (arn: string, region: string): string =>
  `aws secretsmanager get-secret-value --region ${region} --secret-id ${arn} --query SecretString --output text`;

function webhookSteps(outputs: Values, { parameters, region }: Environment): string[] {
  const { GitHubWebhookUrl, TwilioWebhookUrl } = outputs;
  const arn = parameters['GitHubWebhookSecretArn'];
  return [
    ...(GitHubWebhookUrl === undefined
      ? []
      : [
          'GitHub: add a webhook to the repository or organization (Settings > Webhooks):',
          `  Payload URL   ${GitHubWebhookUrl}`,
          '  Content type  application/json',
          `  Secret        ${arn ? `the value of ${readSecret(arn, region)}` : 'the one that the stack was deployed with'}`,
        ]),
    ...(TwilioWebhookUrl === undefined
      ? []
      : [
          'Twilio: enter as the webhook of the number or service (HTTP POST):',
          `  URL           ${TwilioWebhookUrl}`,
        ]),
  ];
}

/**
 * What to do after a deployment: the addresses to enter, and the commands to run.
 *
 * @param isFirst whether the stack was created just now.
 * @param shellRegion the Region that commands use by themselves.
 */
export function nextSteps(
  environment: Environment,
  outputs: Values,
  { isFirst, shellRegion }: { isFirst: boolean; shellRegion: string | undefined },
): string {
  const command = commandFor(environment, shellRegion);
  const isOwnSecret = !environment.parameters['SalesforceSecretArn'];
  const salesforce = isOwnSecret
    ? [
        `Salesforce: write the credentials to the stack's secret (docs/salesforce-setup.md); requests wait until then:`,
        ...((environment.parameters['AuthFlow'] ?? 'jwt') === 'jwt'
          ? ['  npm run salesforce -- keys']
          : []),
        `  ${command('npm run salesforce -- secret')}`,
      ]
    : ['Salesforce:'];
  const steps = isFirst
    ? [
        ...webhookSteps(outputs, environment),
        ...salesforce,
        `  ${command('npm run salesforce -- check')}`,
      ]
    : webhookUrls(outputs);
  return [
    ...steps,
    `To check the stack:  ${command('npm run doctor')}`,
    `To change it:        npm run deploy -- --env ${environment.name} --set Name=Value (docs/parameters.md), or edit ${shownPath(environment.file)}`,
    ...(outputs['DashboardUrl'] === undefined
      ? []
      : [`Dashboard:           ${outputs['DashboardUrl']}`]),
  ].join('\n');
}

const webhookUrls = ({ GitHubWebhookUrl, TwilioWebhookUrl }: Values): string[] => [
  ...(GitHubWebhookUrl === undefined ? [] : [`GitHub webhook:      ${GitHubWebhookUrl}`]),
  ...(TwilioWebhookUrl === undefined ? [] : [`Twilio webhook:      ${TwilioWebhookUrl}`]),
];
