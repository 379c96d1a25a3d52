import type { AddedFault, Fault } from '../../local/demo/salesforce.ts';
import { isLasting } from '../../local/faults/salesforce-faults.ts';
import type { Harness } from '../harness.ts';

/** `hop: fault`, as the shared list names its faults. */
const namesOf = ({ name = '' }: Fault): [hop: string, fault: string] => {
  const [hop = '', fault = ''] = name.split(': ', 2);
  return [hop, fault];
};

const toFault = ({ id: _id, left, spare, ...fault }: AddedFault): Fault => ({
  ...fault,
  times: left,
  skip: spare,
});

/** Whether a fault is still to be played. One that never ends is, sooner or later: the event that it is about is retried. */
export const isUnplayed = (fault: AddedFault): boolean => !isLasting(fault) && fault.left > 0;

/** Ends the faults of the simulated org, and counts what was played. @returns those that were not. */
export async function endOrgFaults({ counter, org }: Harness): Promise<Fault[]> {
  const faults = (await org.faults()).filter((fault) => !isLasting(fault));
  for (const fault of faults) {
    await org.endFault(fault);
    counter.add(...namesOf(fault), fault.times - fault.left);
  }
  return faults.filter(isUnplayed).map(toFault);
}

/** Counts how often the faults that never end were played. */
export async function countLastingFaults({ counter, org }: Harness): Promise<void> {
  for (const fault of (await org.faults()).filter(isLasting))
    counter.add(...namesOf(fault), fault.times - fault.left);
}

export async function addOrgFaults({ org }: Harness, faults: readonly Fault[]): Promise<void> {
  for (const fault of faults) await org.addFault(fault);
}
