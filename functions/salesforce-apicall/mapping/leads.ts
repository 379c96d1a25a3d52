import type { MappingExecution } from './execution/execution.ts';
import { foldValue } from './find/fold.ts';
import type { FindRequest } from './ports.ts';

/** Who creates the record that several executions have looked for and not found. */
interface Lead {
  readonly execution: MappingExecution;
  /** The index of the last step that may create it. */
  readonly until: number;
}

/** What a find asks for, as far as a record that another execution creates can be it. */
function identityOf({ step: { object }, alternatives }: FindRequest): string {
  const wanted = alternatives.map((values) =>
    Object.entries(values)
      .map(([field, all]) => [field.toLowerCase(), all.map(foldValue).toSorted()])
      .toSorted(),
  );
  return JSON.stringify([object.toLowerCase(), wanted]);
}

/** The last of the steps after a find that may create what it has not found; -1: none. */
function creatingStep({ input: { mapping } }: MappingExecution, { step }: FindRequest): number {
  const object = step.object.toLowerCase();
  const index = mapping.steps.findLastIndex(
    (one) =>
      (one.verb === 'create' || one.verb === 'upsert') && one.object.toLowerCase() === object,
  );
  return index > mapping.steps.findIndex(({ name }) => name === step.name) ? index : -1;
}

const isPast = ({ execution, until }: Lead): boolean =>
  execution.result !== undefined || execution.position > until;

export interface Leads {
  /** Whether an execution whose find has found nothing goes on. If not, it asks again after the one that leads. */
  readonly goesOn: (execution: MappingExecution, need: FindRequest) => boolean;
  /** The executions that wait for no other. */
  readonly unblocked: (executions: readonly MappingExecution[]) => MappingExecution[];
}

/**
 * Among executions that look for the same record, find none and would create it, the first leads, and the others ask again
 * when it has created it, or has failed. Executions of other containers are not known here: only a unique key helps there.
 */
export function createLeads(): Leads {
  const leads = new Map<string, Lead>();
  const followed = new Map<MappingExecution, Lead>();
  return {
    goesOn: (execution, need) => {
      const until = creatingStep(execution, need);
      if (until < 0 || need.step.none !== 'continue') return true;
      const identity = identityOf(need);
      const lead = leads.get(identity);
      if (lead === undefined || isPast(lead)) {
        leads.set(identity, { execution, until });
        return true;
      }
      followed.set(execution, lead);
      return false;
    },
    unblocked: (executions) =>
      executions.filter((execution) => {
        const lead = followed.get(execution);
        if (lead !== undefined && !isPast(lead)) return false;
        followed.delete(execution);
        return true;
      }),
  };
}
