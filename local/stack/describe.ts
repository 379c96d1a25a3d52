import gaps from '../engine/gaps.json' with { type: 'json' };
import type { Stack } from './stack-file.ts';

/** What a person needs to use a running stack. */
export function describeStack({ endpoint, functionUrls, salesforce, region }: Stack): string {
  const lines = [
    ['AWS endpoint', `${endpoint} (${region}, any credentials)`],
    ['GitHub webhook', functionUrls.github],
    ['Twilio webhook', functionUrls.twilio],
    ['apicall', functionUrls.apicall],
    ['Salesforce', salesforce.url],
    ['Everything else', '.local/stack.json'],
  ];
  const addresses = lines.map(([label = '', value = '–']) => `  ${label.padEnd(16)} ${value}`);
  const differences = gaps.map((gap) => `  - ${gap}`);
  return [...addresses, '', 'Not as on AWS:', ...differences].join('\n');
}
