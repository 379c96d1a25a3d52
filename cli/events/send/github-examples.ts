import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { nearest } from '../../../local/template/constraints.ts';
import { UsageError } from '../../errors.ts';

/** The package's own types don't match its JSON file. */
interface Definition {
  readonly name: string;
  readonly examples: readonly { readonly action?: string }[];
}

/** The payload of a webhook as GitHub publishes it, with the value of `X-GitHub-Event`. */
export interface GitHubExample {
  readonly event: string;
  readonly payload: unknown;
}

const definitions: readonly Definition[] = Object(examples);

/** The examples of an event by `<event>.<action>`, or `<event>` where it has no action; the second as `<event>.<action>#2`. */
function namesOf({ name: event, examples: payloads }: Definition): [string, GitHubExample][] {
  const seen = new Map<string, number>();
  return payloads.map((payload) => {
    const name = payload.action === undefined ? event : `${event}.${payload.action}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [count === 1 ? name : `${name}#${count}`, { event, payload }];
  });
}

const byName = new Map(definitions.flatMap(namesOf));

/** The names of all examples, in order. */
export const exampleNames = (): string[] => [...byName.keys()].toSorted();

/** An event's name alone stands for its first example. */
const firstOf = (name: string): GitHubExample | undefined => {
  const definition = definitions.find((one) => one.name === name);
  const [payload] = definition?.examples ?? [];
  return payload && { event: name, payload };
};

/**
 * The example that is named `<event>.<action>`, or `<event>`; of several, also `<event>.<action>#2`.
 *
 * @throws UsageError naming the nearest one, or the actions of the event.
 */
export function exampleNamed(name: string): GitHubExample {
  const example = byName.get(name) ?? firstOf(name);
  if (example !== undefined) return example;
  const names = exampleNames();
  const [event = ''] = name.split('.');
  const ofEvent = names.filter((one) => one.startsWith(`${event}.`) && !one.includes('#'));
  const match = nearest(name, [...names, ...definitions.map((one) => one.name)]);
  const hint = match === undefined ? '' : ` Did you mean ${match}?`;
  const actions = ofEvent.length === 0 ? '' : ` Of ${event} there are ${ofEvent.join(', ')}.`;
  throw new UsageError(
    `GitHub publishes no example ${name}.${hint}${actions} All of them: npm run events -- send github --list`,
  );
}
