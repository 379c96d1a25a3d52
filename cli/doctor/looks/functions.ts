import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import type { Aws } from '../aws.ts';
import { type Facts, ofType, physicalId, type StackResource } from '../facts.ts';
import { DEPLOY, failed, ok, type Result, warning } from '../result.ts';

async function lookAtFunction({ logicalId, physicalId: name }: StackResource, { lambda }: Aws) {
  const what = `function ${logicalId}`;
  const { LastUpdateStatus, LastUpdateStatusReason, State, StateReason } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: name }),
  );
  const reason = StateReason ?? LastUpdateStatusReason ?? 'no reason given';
  if (State === 'Failed' || LastUpdateStatus === 'Failed')
    return failed(what, reason, 'Mend what the reason names, and deploy again.');
  // A function that was not called for weeks is inactive, and wakes by itself (Developer Guide, "Function states").
  return ok(what, String(State ?? 'Active').toLowerCase());
}

/** Functions that cannot start. */
export const lookAtFunctions = (facts: Facts, aws: Aws): Promise<Result[]> =>
  Promise.all(
    ofType(facts, 'AWS::Lambda::Function').map((resource) => lookAtFunction(resource, aws)),
  );

/** The poller that takes requests from the queue. */
export const lookAtPollers = (facts: Facts, { lambda }: Aws): Promise<Result[]> =>
  Promise.all(
    ofType(facts, 'AWS::Lambda::EventSourceMapping').map(
      async ({ logicalId, physicalId: UUID }) => {
        const what = `poller ${logicalId}`;
        const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
        const { LastProcessingResult: last = '', State = 'gone' } = mapping;
        if (State !== 'Enabled')
          return failed(
            what,
            `is ${State}: requests wait in the queue`,
            `aws lambda update-event-source-mapping --uuid ${UUID} --enabled`,
          );
        if (last.startsWith('PROBLEM')) return failed(what, last, DEPLOY);
        return ok(what, 'is enabled');
      },
    ),
  );

/** Whether dead letters are reprocessed by themselves. */
export async function lookAtSchedule(facts: Facts, { scheduler }: Aws): Promise<Result[]> {
  const what = 'reprocessor schedule';
  const Name = physicalId(facts, 'DlqReprocessorSchedule');
  if (Name === undefined) return [failed(what, 'is gone', DEPLOY)];
  const GroupName = physicalId(facts, 'ScheduleGroup');
  const { State, ScheduleExpression } = await scheduler.send(
    new GetScheduleCommand({ Name, GroupName }),
  );
  if (State === 'ENABLED') return [ok(what, `runs at ${ScheduleExpression}`)];
  const isMeant = facts.parameters['ReprocessorState'] === 'DISABLED';
  const detail = 'is off: dead letters wait for npm run dlq, and are lost after 14 days';
  return [
    isMeant
      ? warning(what, detail, 'Deploy with ReprocessorState=ENABLED.')
      : failed(what, detail, DEPLOY),
  ];
}
