import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../cli/doctor/aws.ts';
import { main } from '../../cli/doctor/program.ts';
import { output, sqs } from './harness.ts';

async function doctor(...args: string[]) {
  const said: string[] = [];
  const say = (text: string): void => {
    said.push(text);
  };
  const exitCode = await main(['--local', ...args], { print: say, complain: say, connect });
  return { exitCode, said: said.join('\n') };
}

describe('npm run doctor -- --local', () => {
  it('finds nothing wrong with the stack as it is deployed', async () => {
    const { exitCode, said } = await doctor();
    expect(said).not.toMatch(/^(failed|unknown)/m);
    expect(said).toMatch(/^ok {7}rules: \d+ are enabled$/m);
    expect(said).toMatch(/^ok {7}Salesforce secret: has a value$/m);
    expect(said).toMatch(/^warning {2}reprocessor schedule: is off/m);
    expect(exitCode).toBe(0);
  });

  it("finds a queue's policy that somebody removed", async () => {
    const QueueUrl = output('RuleDlqUrl');
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
    );
    const set = (Policy: string) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await set('');
    try {
      const { exitCode, said } = await doctor();
      expect(said).toMatch(/^failed {3}queue RuleDlq: its policy does not let in/m);
      expect(exitCode).toBe(1);
    } finally {
      await set(Attributes?.['Policy'] ?? '');
    }
  });
});
