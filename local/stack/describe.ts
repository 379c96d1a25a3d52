import gaps from '../engine/gaps.json' with { type: 'json' };
import type { Stack } from './stack-file.ts';

const NO_IAM = 'IAM is not enforced: a missing permission fails only on AWS';

/** How a running stack differs from AWS, and its addresses. */
export function describeStack(stack: Stack): string {
  const { endpoint, functionUrls, iamEnforced, salesforce, region } = stack;
  const lines = [
    ['AWS endpoint', `${endpoint} (${region}, access key and secret: test)`],
    ['GitHub webhook', functionUrls.github],
    ['Twilio webhook', functionUrls.twilio],
    ['apicall', functionUrls.apicall],
    ['Salesforce', salesforce.url],
    ['Details', '.local/stack.json'],
  ];
  const addresses = lines.map(([label = '', value = '–']) => `  ${label.padEnd(16)} ${value}`);
  const differences = (iamEnforced ? gaps : [NO_IAM, ...gaps]).map((gap) => `  - ${gap}`);
  return ['Differences from AWS:', ...differences, '', ...addresses].join('\n');
}

/**
 * What to do with a running stack. An address and a command have lines of their own, which 80 columns don't break.
 *
 * @param address of the console; undefined if none was started.
 */
export const nextSteps = (address?: string): string =>
  [
    '',
    'See and steer it:',
    `  ${address ?? 'npm run console -- --local'}`,
    'Send an event, in another terminal:',
    '  npm run events -- send github issues.opened --local',
  ].join('\n');
