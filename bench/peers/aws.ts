import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** What every webhook receiver must also do: read its secret, and put the event on the bus. */
export async function readSecret(): Promise<string> {
  const command = new GetSecretValueCommand({ SecretId: process.env['SECRET_ARN'] });
  const { SecretString = '' } = await new SecretsManagerClient({}).send(command);
  return SecretString;
}

export async function putEvent(source: string, detailType: string, detail: string): Promise<void> {
  const entry = { EventBusName: 'bus', Source: source, DetailType: detailType, Detail: detail };
  await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [entry] }));
}
