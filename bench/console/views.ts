import type { Figures } from '../harness.ts';
import type { Window } from './window.ts';

interface View {
  readonly name: string;
  readonly address: string;
  /** An expression of the page: its data is shown. */
  readonly isShown: string;
}

const says = (text: string): string =>
  `document.querySelector('main')?.innerText.includes('${text}')`;

/** A page of a list has 100. */
const isFull = `document.querySelectorAll('main tbody tr').length >= 100`;

const withId = (view: View, id: string): View => ({ ...view, address: `${view.address}/${id}` });

/** The views, the one first that reads nothing of the stack. */
export const viewsOf = (ids: {
  readonly event: string;
  readonly failure: string;
}): readonly View[] => [
  {
    name: 'Mappings (reads nothing of the stack)',
    address: 'mappings',
    isShown: says('github-issue-to-case'),
  },
  {
    name: 'Flow',
    address: 'flow',
    isShown: `document.querySelector('main canvas') && ${says('ApiCallDlq')}`,
  },
  { name: 'Events', address: 'events', isShown: isFull },
  { name: 'Events that failed', address: 'events?state=failed', isShown: isFull },
  withId({ name: 'An event', address: 'events', isShown: says('dead-lettered') }, ids.event),
  { name: 'Failures', address: 'failures', isShown: isFull },
  { name: 'Parked messages', address: 'failures?place=parked', isShown: isFull },
  withId(
    { name: 'A failure', address: 'failures/ApiCallDlq', isShown: says('permanent-data') },
    ids.failure,
  ),
  { name: 'Webhooks and destinations', address: 'connections', isShown: says('GitHub') },
];

/** Shows each view, so many times, in turns. @returns by its name, what each time took. */
export async function showAll(
  views: readonly View[],
  window: Window,
  rounds: number,
): Promise<ReadonlyMap<string, readonly Figures[]>> {
  const found = new Map<string, Figures[]>(views.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, address, isShown } of views)
      found.get(name)?.push({ ...(await window.show(address, isShown)) });
  return found;
}
