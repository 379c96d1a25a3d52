import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';

/**
 * Switches an event source mapping on or off. Lambda needs up to a minute for it, and refuses other changes meanwhile
 * (Lambda API Reference, "UpdateEventSourceMapping").
 *
 * @returns whether it had to be switched. Rejects with Lambda's error: ResourceInUseException while it is changing.
 */
export async function switchPoller(
  client: LambdaClient,
  UUID: string,
  Enabled: boolean,
): Promise<boolean> {
  const { State = '' } = await client.send(new GetEventSourceMappingCommand({ UUID }));
  const reached = Enabled ? ['Enabled', 'Enabling'] : ['Disabled', 'Disabling'];
  if (reached.includes(State)) return false;
  await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  return true;
}
