import type { Reader } from '../../../../cli/dlq/failures/reader.ts';
import {
  config,
  type createScene,
  DESTINATION_ARN,
  messageOf,
} from '../../../functions/dlq-reprocessor/harness.ts';

/** The body of a request. */
export const create = '{"action":"POST","resource":"sobjects","object":"Case","payload":{"n":1}}';

/** A request that apicall gave up, by the class of its failure. */
export const failed = (name: string, body = create) => {
  const failure = { class: name, errorCode: 'E', message: 'quoted value', attempts: 2 };
  return messageOf(body, { Failure: JSON.stringify(failure), Trace: 'kept' });
};

/** An event that a rule couldn't deliver. */
export const undelivered = () =>
  messageOf('{"id":"e1","source":"shop","detail-type":"Order","detail":{}}', {
    RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
    TARGET_ARN: DESTINATION_ARN,
    ERROR_CODE: 'TIMEOUT',
  });

export type Scene = ReturnType<typeof createScene>;

/** Reads the queues and the bucket of a scene. */
export const readerOf = (scene: Scene): Reader => ({
  clients: scene.clients,
  config,
  now: scene.now,
});
