import type { AddedFault, Fault } from '../../local/demo/salesforce.ts';
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

/** Ends the faults of the simulated org, and counts what was played. @returns those that were not. */
export async function endOrgFaults({ counter, org }: Harness): Promise<Fault[]> {
  const faults = await org.faults();
  await org.clearFaults();
  for (const fault of faults) counter.add(...namesOf(fault), fault.times - fault.left);
  return faults.filter(({ left }) => left > 0).map(toFault);
}

export async function addOrgFaults({ org }: Harness, faults: readonly Fault[]): Promise<void> {
  for (const fault of faults) await org.addFault(fault);
}
