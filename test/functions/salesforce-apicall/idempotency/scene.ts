import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import { IdempotencyTable } from '../../../../functions/salesforce-apicall/idempotency/table.ts';
import type {
  Failure,
  Outcome,
} from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { effectIds } from '../../../../functions/salesforce-apicall/request/idempotency-key.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import { memoryDynamo } from '../dynamodb-harness.ts';

export const created: Outcome = { kind: 'success', status: 201, body: { id: '003' } };
export const failed = (name: Failure['class']): Failure => ({
  kind: 'failure',
  class: name,
  errorCode: 'E',
  message: 'm',
  errors: [],
});

export const create = (change: object = {}) =>
  parseRequest({
    action: 'POST',
    resource: 'sobjects',
    object: 'Contact',
    payload: { LastName: 'N' },
    ...change,
  });

export const IN_PROGRESS_MS = 60_000;
export const DAY_SECONDS = 86_400;

/** One table, several invocations, and a clock. */
export function scene() {
  const dynamo = memoryDynamo();
  const errors: unknown[] = [];
  let time = 1_000_000;
  let calls = 0;
  const invocation = (owner: string) => {
    const table = new IdempotencyTable({
      tableName: 'once',
      retentionDays: 30,
      inProgressMs: IN_PROGRESS_MS,
      owner,
      client: dynamo.client,
      now: () => time,
    });
    const guard = createGuard(table, (error) => errors.push(error));
    return async (
      outcome: Outcome | (() => Promise<Outcome>),
      request = create(),
      eventKey = 'event-1',
      closeMs = 10_000,
    ): Promise<Outcome> => {
      const time = { remainingMs: () => 10_000, reserveMs: 3_500 };
      const decision = await guard(effectIds(request, request.idempotencyKey ?? eventKey), time);
      if ('outcome' in decision) return decision.outcome;
      if (decision.kind === 'wait')
        return Object.assign(failed('retry-soon'), { waitSeconds: decision.waitSeconds });
      calls += 1;
      const made = typeof outcome === 'function' ? await outcome() : outcome;
      await decision.close(made, () => closeMs);
      return made;
    };
  };
  /** The first deletions fail. */
  const failDeletes = (times: number, error: () => Error): void => {
    let left = times;
    dynamo.mock.on(DeleteItemCommand).callsFake(({ Key }) => {
      left -= 1;
      if (left >= 0) throw error();
      dynamo.items.delete(Key.id.S);
      return {};
    });
  };
  const pass = (ms: number): void => {
    time += ms;
  };
  return { ...dynamo, calls: () => calls, errors, failDeletes, invocation, pass, now: () => time };
}
