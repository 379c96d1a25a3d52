import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createClients } from '../../cli/aws.ts';
import { main } from '../../cli/doctor/program.ts';
import { output, sqs } from './harness.ts';

async function doctor(...args: string[]) {
  const lines: string[] = [];
  const write = (text: string): void => {
    lines.push(text);
  };
  const exitCode = await main(['--local', ...args], { print: write, log: write, createClients });
  return { exitCode, output: lines.join('\n') };
}

describe('npm run doctor -- --local', () => {
  it('finds no problem in the deployed stack', async () => {
    const { exitCode, output: text } = await doctor();
    expect(text).not.toMatch(/^(failed|unknown)/m);
    expect(text).toMatch(/^ok {7}rules: \d+ are enabled$/m);
    expect(text).toMatch(/^ok {7}Salesforce secret: has a value/m);
    expect(text).toMatch(/^ok {7}version: \S+ is deployed/m);
    expect(text).toMatch(/^ok {7}circuit breaker: is closed$/m);
    for (const queue of ['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'])
      expect(text).toMatch(new RegExp(`^\\w+ +messages in ${queue}: (none|\\d+ message)`, 'm'));
    expect(text).toMatch(/^\w+ +parked messages: /m);
    expect(text).toMatch(/^warning {2}reprocessor schedule: is disabled/m);
    expect(exitCode).toBe(0);
  });

  it('reports a queue policy that was removed', async () => {
    const QueueUrl = output('RuleDlqUrl');
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
    );
    const set = (Policy: string) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await set('');
    try {
      const { exitCode, output: text } = await doctor();
      expect(text).toMatch(/^failed {3}queue RuleDlq: its policy does not allow messages from/m);
      expect(exitCode).toBe(1);
    } finally {
      await set(Attributes?.['Policy'] ?? '');
    }
  });
});
