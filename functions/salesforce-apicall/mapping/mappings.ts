import type { RemainingMs } from '#common/aws.ts';
import type { ProcessedMessage } from '../disposition.ts';
import { RequestError } from '../errors.ts';
import type { Execution } from '../execute.ts';
import { callSizeOf, isRedelivered, type Message, mappingOf, notMadeOf } from '../message.ts';
import { toMappingMessage } from '../outcome/dead-letter.ts';
import type { ApiCallQueue } from '../outcome/queue.ts';
import type { ProcessRequests, RequestWithResult, StartExecution } from '../process.ts';
import type { AllowLists } from '../request/allow-lists.ts';
import type { BusEvent, IncomingRequest } from '../request/parse.ts';
import { notStarted } from '../result.ts';
import type { Claims } from './claims.ts';
import type { Mapping } from './definition.ts';
import { MappingExecution } from './execution/execution.ts';
import type { ExecutionRecords } from './execution/records.ts';
import { defaultKey } from './execution/scope.ts';
import type { Evaluate } from './expression/evaluator.ts';
import type { Descriptions } from './find/describe.ts';
import { findRows } from './find/find.ts';
import { createLookUp } from './find/look-up.ts';
import type { FindRequest } from './ports.ts';
import { toIncoming } from './requests.ts';
import { type MappingPorts, runMappings, type WriteWithResult } from './rounds.ts';
import { isMappable, type MappedTypes } from './select.ts';
import { type MappableMessage, type Selected, selectAll } from './selected.ts';

export interface MappingsDependencies {
  readonly mappings: readonly Mapping[];
  readonly types: MappedTypes;
  readonly allowed: AllowLists;
  readonly descriptions: Descriptions;
  readonly startExecution: StartExecution;
  readonly processRequests: ProcessRequests;
  readonly queue: ApiCallQueue;
  /** What belongs to one batch. */
  readonly startEvaluation: () => Promise<Evaluate>;
  readonly startClaims: (remainingMs: RemainingMs) => Claims;
  readonly startRecords: (remainingMs: RemainingMs) => ExecutionRecords;
}

/** The rest of the batch, whose requests share calls with those of mappings. */
interface Batch {
  readonly requests: readonly IncomingRequest[];
  readonly onResults: (results: readonly RequestWithResult[]) => Promise<void>;
  readonly settle: (processed: readonly ProcessedMessage[]) => Promise<void>;
  readonly remainingMs: RemainingMs;
}

export interface Mappings {
  /** Whether a message's event is for mappings. */
  readonly isMappable: (message: Message) => message is MappableMessage;
  /** Runs the mappings of events, and makes the other requests of the batch with their first writes. */
  readonly run: (messages: readonly MappableMessage[], batch: Batch) => Promise<void>;
}

/** Replaces messages that several mappings are for by one for each: so each has its own attempts, failure and reply. */
async function spread(
  selected: readonly Exclude<Selected, ProcessedMessage>[],
  queue: ApiCallQueue,
): Promise<ProcessedMessage[]> {
  const several = selected.filter(({ mappings }) => mappings.length > 1);
  const longest = Math.max(0, ...several.map(({ mappings }) => mappings.length));
  const failed = new Set<Message>();
  for (let index = 0; index < longest; index += 1) {
    const sent = several.flatMap(({ message, mappings }) => {
      const mapping = mappings[index];
      return mapping ? [{ message, copy: toMappingMessage(message.sqsRecord, mapping.name) }] : [];
    });
    const confirmed = await queue.requeue(sent.map(({ copy }) => copy));
    for (const { message } of sent)
      if (!confirmed.has(message.sqsRecord.messageId)) failed.add(message);
  }
  return several.map(({ message }) => ({
    message,
    result: failed.has(message) ? notStarted : { kind: 'ignored', reason: 'several mappings' },
  }));
}

/** One execution for each event and mapping, with its messages: the bus may deliver an event more than once. */
function toExecutions(selected: readonly Exclude<Selected, ProcessedMessage>[]) {
  const executions = new Map<string, MappingExecution>();
  const messagesOf = new Map<MappingExecution, Message[]>();
  for (const { message, event, mappings } of selected) {
    const [mapping] = mappings;
    if (mapping === undefined || mappings.length > 1) continue;
    const { sqsRecord } = message;
    const made = new MappingExecution({
      mapping,
      event,
      isRedelivered: isRedelivered(sqsRecord),
      callSize: callSizeOf(sqsRecord),
      notMade: notMadeOf(sqsRecord),
    });
    const execution = executions.get(made.recordId) ?? made;
    executions.set(execution.recordId, execution);
    const own = messagesOf.get(execution) ?? [];
    messagesOf.set(execution, [...own, ofDelivery(message, event)]);
  }
  return messagesOf;
}

/** Executions of a group that runs again: as many as one query, or one call of collections, takes. */
const GROUP_SIZE = 200;

/**
 * The groups in which executions run, one after another. Those of new events are one, the last, because then the fewest calls are
 * made. The others come in small ones, of one mapping after another: a batch that its invocation has no time for would only begin
 * again with each attempt, until its messages are dead-lettered.
 */
function toGroups(executions: readonly MappingExecution[]): MappingExecution[][] {
  const again = executions
    .filter(({ input }) => input.isRedelivered)
    .toSorted((one, other) => one.input.mapping.name.localeCompare(other.input.mapping.name));
  const groups = Array.from({ length: Math.ceil(again.length / GROUP_SIZE) }, (_, index) =>
    again.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
  );
  return [...groups, executions.filter(({ input }) => !input.isRedelivered)];
}

/** Runs one group after another. When no time is left, those that have not begun are not started. */
async function runGroups(groups: readonly MappingExecution[][], ports: MappingPorts) {
  const [first, ...others] = groups;
  if (first === undefined) return;
  await runMappings(first, ports);
  for (const group of others) {
    if (ports.hasTime()) await runMappings(group, ports);
    else {
      for (const one of group) one.end({ kind: 'not-started' });
      await ports.onEnded(group);
    }
  }
}

/** The message as it is reported: by the delivery that its event comes from. */
const ofDelivery = (message: Message, event: BusEvent): Message => ({
  ...message,
  request:
    message.request instanceof RequestError
      ? message.request
      : { ...message.request, data: {}, eventKey: defaultKey(event) },
});

/** Makes writes, and with the first ones, the other requests of the batch. */
function createWrite(
  { requests, onResults, remainingMs }: Batch,
  processRequests: ProcessRequests,
  execution: Execution,
): MappingPorts['write'] {
  let others: readonly IncomingRequest[] = requests;
  return async (writes, onWritten) => {
    const own = new Map(writes.map((write) => [toIncoming(write), write]));
    const all = [...others, ...own.keys()];
    others = [];
    await processRequests(all, {
      remainingMs,
      execution,
      onResults: async (done) => {
        const written = done.flatMap(([request, result]): WriteWithResult[] => {
          const write = own.get(request);
          return write === undefined ? [] : [[write, result]];
        });
        await Promise.all([
          onWritten(written),
          onResults(done.filter(([request]) => !own.has(request))),
        ]);
      },
    });
  };
}

/** Creates the part of a batch that turns events into requests. */
export function createMappings(dependencies: MappingsDependencies): Mappings {
  const { mappings, types, allowed, descriptions, queue, processRequests } = dependencies;

  const isMessageMappable = (message: Message): message is MappableMessage => {
    const { request, sqsRecord } = message;
    if (request instanceof RequestError || request.event === undefined) return false;
    return isMappable(request.event, mappings, types, mappingOf(sqsRecord));
  };

  return {
    isMappable: isMessageMappable,
    run: async (messages, batch) => {
      const { remainingMs } = batch;
      const claims = dependencies.startClaims(remainingMs);
      const all = await selectAll(messages, dependencies, claims);
      const selected = all.flatMap((one) => ('result' in one ? [] : [one]));
      await batch.settle(all.flatMap((one) => ('result' in one ? [one] : [])));
      await batch.settle(await spread(selected, queue));
      const messagesOf = toExecutions(selected);
      const execution = await dependencies.startExecution(remainingMs);
      const lookUp = createLookUp(execution);
      const write = createWrite(batch, processRequests, execution);
      await runGroups(toGroups([...messagesOf.keys()]), {
        evaluate: await dependencies.startEvaluation(),
        find: (finds: readonly FindRequest[]) => findRows(finds, { lookUp, descriptions, allowed }),
        write,
        records: dependencies.startRecords(remainingMs),
        hasTime: () => execution.hasTime(),
        onEnded: async (ended) => {
          await batch.settle(
            ended.flatMap((one) =>
              (messagesOf.get(one) ?? []).map((message) => ({
                message: { ...message, mapped: one.report },
                result: one.result ?? notStarted,
              })),
            ),
          );
          for (const one of ended) one.release();
        },
      });
      // Those that no write took along.
      await write([], async () => undefined);
    },
  };
}
