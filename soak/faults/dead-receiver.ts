import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { createClients } from '../../cli/aws.ts';
import { deployDestination, removeDestination } from '../../cli/destination/deploy.ts';
import { startReceiver } from '../../local/receiver/receiver.ts';
import { RECEIVER_SOURCE } from '../events/requests.ts';

const NAME = 'dead-receiver';

/** CloudEvents in structured mode, as the template's own destination sends them. */
const structured = {
  Sources: RECEIVER_SOURCE,
  Authorization: 'API_KEY',
  HeaderName1: 'Content-Type',
  HeaderValue1: 'application/cloudevents+json; charset=UTF-8',
  InputTemplate:
    '{"specversion": "1.0", "id": <p1>, "source": <p2>, "type": <p3>, "time": <p4>, "data": <p5>}',
  Path1: '$.id',
  Path2: '$.source',
  Path3: '$.detail-type',
  Path4: '$.time',
  Path5: '$.detail',
};

/** Of three requests, one is never answered, and two with 404. */
const statusAfter = (requests: number): number => (requests % 3 === 1 ? 0 : 404);

/**
 * Makes a destination of the stack that gets the events of `RECEIVER_SOURCE` as CloudEvents, and accepts none.
 *
 * @returns a function that removes it.
 */
export async function startDeadReceiver(
  stackName: string,
  onPlayed: (fault: string) => void,
): Promise<() => Promise<void>> {
  const aws = await createClients({ stackName, local: true });
  const receiver = await startReceiver({
    onRequest: (_request, status) => {
      onPlayed(status === 404 ? 'answered 404' : 'no answer');
      receiver.answer('/', statusAfter(receiver.requests.length));
    },
  });
  receiver.answer('/', 404);
  const SecretString = JSON.stringify({ apiKey: NAME });
  await aws.secretsManager.send(new CreateSecretCommand({ Name: NAME, SecretString }));
  const main = { stackName, local: true, name: NAME };
  await deployDestination(aws, {
    ...main,
    secret: NAME,
    values: [],
    parameter: { ...structured, Endpoint: receiver.url },
  });
  return async () => {
    await removeDestination(aws, main);
    const secret = { SecretId: NAME, ForceDeleteWithoutRecovery: true };
    await aws.secretsManager.send(new DeleteSecretCommand(secret));
    await receiver.close();
  };
}
