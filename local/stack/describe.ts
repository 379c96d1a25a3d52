import gaps from '../engine/gaps.json' with { type: 'json' };
import type { Stack } from './stack-file.ts';

const NO_IAM = 'IAM is not enforced: a missing permission fails only on AWS';

const TRY = [
  'In another terminal:',
  '  npm run events -- send github issues.opened --local   # becomes a Case',
  '  npm run events -- show ID --local                     # its way, hop by hop',
];

/** The addresses of a running stack, and how it differs from AWS. */
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
  return [...addresses, '', ...TRY, '', 'Differences from AWS:', ...differences].join('\n');
}
