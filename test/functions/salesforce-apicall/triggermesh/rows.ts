import type { Behaviour } from './scene.ts';

/**
 * One row: what TriggerMesh's Salesforce target does (its source and its documentation) and what this function does with
 * the same. A row is `kept` when both are the same; every other one is listed in docs/migration-triggermesh.md as what
 * it is: `improved`, or `changed` where a sender may have to do something.
 */
export interface Row {
  readonly what: string;
  readonly comparison: 'kept' | 'improved' | 'changed';
  readonly observe: () => Promise<Behaviour>;
  readonly theirs: Behaviour;
  readonly ours: Behaviour;
}

type Observe = Row['observe'];

export const kept = (what: string, observe: Observe, behaviour: Behaviour): Row => ({
  what,
  comparison: 'kept',
  observe,
  theirs: behaviour,
  ours: behaviour,
});

const other =
  (comparison: Row['comparison']) =>
  (what: string, observe: Observe, theirs: Behaviour, ours: Behaviour): Row => ({
    what,
    comparison,
    observe,
    theirs,
    ours,
  });

export const improved = other('improved');
export const changed = other('changed');
