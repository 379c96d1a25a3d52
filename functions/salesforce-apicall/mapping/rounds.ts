import pLimit from 'p-limit';
import { classifyError } from '../outcome/classify.ts';
import type { RequestResult } from '../result.ts';
import type { MappingExecution, Need } from './execution/execution.ts';
import { tooLarge } from './execution/failures.ts';
import type { ExecutionRecords } from './execution/records.ts';
import type { Evaluate } from './expression/evaluator.ts';
import { createLeads, type Leads } from './leads.ts';
import type { FindRequest, FindResult, WriteRequest } from './ports.ts';

export type WriteWithResult = readonly [WriteRequest, RequestResult];

/** What an execution needs from outside. `runMappings` calls them once a round, for all executions of a batch. */
export interface MappingPorts {
  readonly evaluate: Evaluate;
  /** One result for each find, in order. Never rejects. */
  readonly find: (finds: readonly FindRequest[]) => Promise<readonly FindResult[]>;
  /**
   * Makes writes, and hands on their results call by call, also several at the same time. A call is not over before its results are
   * taken over, so that only the responses of a few calls are held at once. Those that it does not hand on were not started. Rejects
   * only if `onResults` does.
   */
  readonly write: (
    writes: readonly WriteRequest[],
    onResults: (results: readonly WriteWithResult[]) => Promise<void>,
  ) => Promise<void>;
  readonly records: ExecutionRecords;
  /** Whether there is time for another round. */
  readonly hasTime: () => boolean;
  /** Takes over executions that have a result, each once. */
  readonly onEnded: (ended: readonly MappingExecution[]) => Promise<void>;
}

/** Requests to the table of execution records that are in flight at the same time. */
const TABLE_CONCURRENCY = 50;

/** How long an execution waits that another invocation is at. */
const CONFLICT_SECONDS = 10;

type NeedOf<Kind extends Need['kind']> = Extract<Need, { readonly kind: Kind }>;

/** An execution and what it needs. */
interface StandingAt<Kind extends Need['kind']> {
  readonly execution: MappingExecution;
  readonly need: NeedOf<Kind>;
}

type Standing = { readonly execution: MappingExecution; readonly need: Need };

const tableFailed = (error: unknown): RequestResult => ({
  kind: 'finished',
  code: 'adapter-process',
  outcome: classifyError(error, true),
});

/** Reads the records of executions that may have begun before. */
async function resumeAll(
  executions: readonly MappingExecution[],
  { records }: MappingPorts,
): Promise<void> {
  const begun = executions.filter(({ input, hasRecord }) => hasRecord && input.isRedelivered);
  await pLimit(TABLE_CONCURRENCY).map(begun, async (execution) => {
    try {
      const recorded = await records.read(execution.recordId);
      if (recorded !== undefined) execution.resume(recorded);
    } catch (error) {
      execution.end(tableFailed(error));
    }
  });
}

/** Records what executions know. One that can't be recorded ends: what it does next could be repeated. */
async function saveAll(
  executions: readonly MappingExecution[],
  { records }: MappingPorts,
): Promise<void> {
  await pLimit(TABLE_CONCURRENCY).map(executions, async (execution) => {
    const { unsaved, recordId, input } = execution;
    if (unsaved === undefined) return;
    try {
      const outcome = await records.save(recordId, unsaved);
      if (outcome === 'saved') execution.saved();
      else if (outcome === 'conflict')
        execution.end({ kind: 'wait', waitSeconds: CONFLICT_SECONDS });
      else execution.end(tooLarge(input.mapping.name));
    } catch (error) {
      execution.end(tableFailed(error));
    }
  });
}

/** Evaluates executions one after another, up to what each needs next. */
async function advance(
  executions: readonly MappingExecution[],
  ports: MappingPorts,
): Promise<Standing[]> {
  const standing: Standing[] = [];
  for (const execution of executions)
    standing.push({ execution, need: await execution.next(ports.evaluate) });
  return standing;
}

function needing<Kind extends Need['kind']>(
  standing: readonly Standing[],
  kind: Kind,
): StandingAt<Kind>[] {
  const isOfKind = (need: Need): need is NeedOf<Kind> => need.kind === kind;
  return standing.flatMap(({ execution, need }) => (isOfKind(need) ? [{ execution, need }] : []));
}

/** Asks for the rows of all finds at once. */
async function findAll(
  standing: readonly StandingAt<'find'>[],
  ports: MappingPorts,
  leads: Leads,
): Promise<void> {
  const results = await ports.find(standing.map(({ need }) => need));
  for (const [index, { execution, need }] of standing.entries()) {
    const result = results[index] ?? { kind: 'not-started' };
    if (result.kind !== 'rows') execution.notFound(need.step, result);
    else if (result.rows.length > 0 || leads.goesOn(execution, need))
      execution.found(need.step, result.rows);
  }
}

/**
 * Makes all writes at once, of executions whose knowledge is recorded. What an execution has got is recorded as soon as it has all
 * of it; one whose last step that was is handed on.
 */
async function writeAll(
  standing: readonly StandingAt<'write'>[],
  ports: MappingPorts,
  handOn: () => Promise<void>,
): Promise<void> {
  await saveAll(
    standing.map(({ execution }) => execution),
    ports,
  );
  const ready = standing.filter(({ execution }) => execution.result === undefined);
  const owners = new Map(
    ready.flatMap(({ execution, need }) => need.writes.map((write) => [write, execution])),
  );
  const finish = async (executions: readonly MappingExecution[]): Promise<void> => {
    await saveAll(executions, ports);
    for (const execution of executions) if (execution.isDone) await execution.next(ports.evaluate);
    await handOn();
  };
  await ports.write([...owners.keys()], (results) =>
    finish(
      results.flatMap(([write, result]) => {
        const execution = owners.get(write);
        return execution?.wrote(write, result) ? [execution] : [];
      }),
    ),
  );
  const open = ready.filter(({ execution }) => execution.isWriting);
  for (const { execution } of open) execution.endWriting();
  await finish(open.map(({ execution }) => execution));
}

/**
 * Runs the executions of a batch in rounds, in which all of them ask together and write together. What one has done is recorded
 * before its next write, and after each. When this resolves, each has a result; none makes another fail. Rounds stop when no
 * time is left: then the rest has `not-started`.
 */
export async function runMappings(
  executions: readonly MappingExecution[],
  ports: MappingPorts,
): Promise<void> {
  const leads = createLeads();
  await resumeAll(executions, ports);
  let active = executions;
  /** Hands on those that have ended, and keeps the others. */
  const handOn = async (): Promise<void> => {
    const ended = active.filter(({ result }) => result !== undefined);
    active = active.filter(({ result }) => result === undefined);
    if (ended.length > 0) await ports.onEnded(ended);
  };
  for (;;) {
    const standing = await advance(leads.unblocked(active), ports);
    await handOn();
    const finds = needing(standing, 'find');
    const writes = needing(standing, 'write');
    if (finds.length + writes.length === 0) break;
    if (!ports.hasTime()) break;
    // Writes wait for the finds before them, so that more of them share calls.
    if (finds.length > 0) await findAll(finds, ports, leads);
    else await writeAll(writes, ports, handOn);
  }
  for (const execution of active) execution.end({ kind: 'not-started' });
  await handOn();
}
