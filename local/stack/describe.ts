import gaps from '../engine/gaps.json' with { type: 'json' };
import type { Stack } from './stack-file.ts';

/** The addresses of a running stack, and how it differs from AWS. */
export function describeStack({ endpoint, functionUrls, salesforce, region }: Stack): string {
  const lines = [
    ['AWS endpoint', `${endpoint} (${region}, any credentials)`],
    ['GitHub webhook', functionUrls.github],
    ['Twilio webhook', functionUrls.twilio],
    ['apicall', functionUrls.apicall],
    ['Salesforce', salesforce.url],
    ['Details', '.local/stack.json'],
  ];
  const addresses = lines.map(([label = '', value = '–']) => `  ${label.padEnd(16)} ${value}`);
  const differences = gaps.map((gap) => `  - ${gap}`);
  return [...addresses, '', 'Differences from AWS:', ...differences].join('\n');
}
