import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../errors.ts';
import { addJsonOption, addStackOptions, collectValues } from '../../options.ts';
import type { Dependencies, ToAction } from '../dependencies.ts';
import type { SendingOptions } from './sending.ts';

/** The options of all kinds, as commander names them. */
interface SendOptions extends SendingOptions {
  readonly set?: readonly string[];
  readonly url?: string;
  readonly delivery?: string;
  readonly list?: true;
}

const MAX_COUNT = 10_000;

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_COUNT) return count;
  throw new InvalidArgumentError('Pass a whole number from 1 to 10,000.');
}

function parseUrl(text: string): string {
  if (text.startsWith('/') || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError(
    "Pass a URL, or a path and query string below the webhook's, such as /sms?tenant=1.",
  );
}

const EXAMPLES = `
Examples:
  npm run events -- send github issues.opened --set issue.title=Hello --local
  npm run events -- send twilio sms --set Body=Hello --local
  npm run events -- send bus events/bus-order-placed.json --set detail.orderId=A-1 --local
  npm run events -- send file events/apicall-bare-request.json --local
  npm run events -- send github push --count 100 --local

--set path=value changes a value, such as issue.labels[0].name=bug; --set +path=value adds a key.
Without --local, the stack on AWS is used, with your own rights (docs/events.md).`;

const addOptions = (command: Command): Command =>
  addJsonOption(addStackOptions(command))
    .option('--set <path=value>', 'change a value of the payload (repeatable)', collectValues)
    .option('--count <n>', 'send n of them, with new ids each', parseCount, 1);

const addUrlOption = (command: Command): Command =>
  command.option('--url <url>', "the URL to call, or a path below the webhook's", parseUrl);

type Run = (name: string | undefined, options: SendOptions) => Promise<number>;

/** What is sent is loaded only when something is sent: the help needs neither payloads nor the AWS SDK. */
const runWebhook =
  (provider: 'github' | 'twilio', dependencies: Dependencies): Run =>
  async (name, options) => {
    const { listWebhooks, sendWebhook } = await import('./webhook.ts');
    if (options.list) return listWebhooks(provider, options, dependencies);
    if (name === undefined)
      throw new UsageError(
        `Name the webhook to send, such as ${provider === 'github' ? 'issues.opened' : 'sms'}. All of them: npm run events -- send ${provider} --list`,
      );
    return sendWebhook(provider, name, options, dependencies);
  };

const runFile =
  (command: string, dependencies: Dependencies): Run =>
  async (file = '', options) => {
    const { sendFile } = await import('./file.ts');
    return sendFile({ command, file }, options, dependencies);
  };

/** Adds `send` with its kinds to the program of `npm run events --`. */
export function addSendCommands(
  program: Command,
  dependencies: Dependencies,
  toAction: ToAction,
): void {
  const send = program
    .command('send')
    .description('send a webhook as its provider does, or the event of a file')
    .addHelpText('after', EXAMPLES);
  addUrlOption(addOptions(send.command('github')))
    .description('a webhook that GitHub publishes an example of, signed')
    .argument('[event.action]', 'such as issues.opened')
    .option('--delivery <id>', 'the delivery id; by default, a new UUID')
    .option('--list', 'list all of them')
    .action(toAction(runWebhook('github', dependencies)));
  addUrlOption(addOptions(send.command('twilio')))
    .description('a webhook of Twilio, signed')
    .argument('[kind]', 'such as sms, call or status')
    .option('--list', 'list all of them')
    .action(toAction(runWebhook('twilio', dependencies)));
  addOptions(send.command('bus'))
    .description('the event of a file, to the event bus')
    .argument('<file>', 'such as events/bus-order-placed.json')
    .action(toAction(runFile('send bus', dependencies)));
  addOptions(send.command('file'))
    .description('a file of events/, or one like it, to where it belongs (docs/events.md)')
    .argument('<file>', 'such as events/apicall-bare-request.json')
    .action(toAction(runFile('send file', dependencies)));
}
