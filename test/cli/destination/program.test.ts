import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { SECRET, SLACK, useDestinations } from './harness.ts';

const { cloudFormation, destinationIs, eventBridge, folder, run, secretsManager } =
  useDestinations();

describe('npm run destination -- remove', () => {
  it("deletes only the destination's stack", async () => {
    destinationIs('DELETE_COMPLETE');
    cloudFormation.on(DeleteStackCommand).resolves({});
    expect(await run('remove', 'slack')).toEqual({ exitCode: 0, output: 'slack is removed.' });
    const names = cloudFormation
      .commandCalls(DeleteStackCommand)
      .map(({ args: [{ input }] }) => input.StackName);
    expect(names).toEqual([SLACK]);
  });
});

describe('npm run destination -- secret', () => {
  const file = join(folder, 'secret.json');

  it('creates a secret from a file, or a new version of it, and prints no value', async () => {
    writeFileSync(file, '{"apiKey": "xoxb-1"}');
    secretsManager.on(CreateSecretCommand).resolves({ ARN: SECRET, VersionId: 'one' });
    const created = await run('secret', 'slack', '--file', file);
    expect(created).toEqual({ exitCode: 0, output: `ARN: ${SECRET}\nVersion id: one` });
    secretsManager
      .on(CreateSecretCommand)
      .rejects(new ResourceExistsException({ message: 'exists', $metadata: {} }))
      .on(PutSecretValueCommand)
      .resolves({ ARN: SECRET, VersionId: 'two' });
    expect((await run('secret', 'slack', '--file', file)).output).toContain('Version id: two');
    const [put] = secretsManager.commandCalls(PutSecretValueCommand);
    expect(put?.args[0].input).toEqual({ SecretId: 'slack', SecretString: '{"apiKey": "xoxb-1"}' });
  });

  it.each(['xoxb-1', '["xoxb-1"]', '{"apiKey": {"value": "xoxb-1"}}'])(
    'rejects %s without printing it',
    async (text) => {
      writeFileSync(file, text);
      const { exitCode, output } = await run('secret', 'slack', '--file', file);
      expect(exitCode).toBe(2);
      expect(output).toContain('must contain a JSON object');
      expect(output).not.toContain('xoxb');
    },
  );
});

describe('npm run destination -- send', () => {
  it('puts the event of a file on the bus', async () => {
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
    const { output } = await run('send', 'events/bus-order-placed.json');
    expect(output).toBe('Event 1 is on the bus.');
    const [put] = eventBridge.commandCalls(PutEventsCommand);
    expect(put?.args[0].input.Entries).toMatchObject([
      { EventBusName: 'bus', Source: 'com.example.shop', DetailType: 'Order Placed' },
    ]);
  });

  it('reports an invalid file, and an event that the bus rejects', async () => {
    expect((await run('send', 'package.json')).output).toContain('package.json is not an event');
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'ThrottlingException' }] });
    const { exitCode, output } = await run('send', 'events/bus-order-placed.json');
    expect([exitCode, output]).toEqual([1, expect.stringContaining('ThrottlingException')]);
  });
});
