import pLimit from 'p-limit';
import { RequestError } from './errors.ts';
import type { Guard, Permit } from './once/guard.ts';
import { classifyError } from './outcome/classify.ts';
import { type Performed, refuse } from './performed.ts';
import type { Batch, Made } from './run.ts';
import { outcomeOfAsked, type Understood } from './understand.ts';

type Permitted<Item> = Item & { readonly permit: Permit };

/** Calls of the once-only table that are open at the same time. */
const TABLE_CONCURRENCY = 50;

const code = 'adapter-process';

/**
 * Makes the requests of one API call, each effect once. The guard is asked just before the call and told right after
 * it: should the process die, only what was under way in that moment is unknown.
 *
 * @returns a function that answers the results of those that there was time for.
 */
export function createPart(guard: Guard) {
  const limit = pLimit(TABLE_CONCURRENCY);

  /** What the guard says without a call is an end. */
  const ask = async <Item extends Understood>(
    item: Item,
    { mayGoOn, neededMs, remainingMs }: Batch,
  ): Promise<Permitted<Item> | Performed | undefined> => {
    const { request, asked, eventKey } = item;
    if (!mayGoOn()) return undefined;
    try {
      const decision = await guard(request, eventKey, { remainingMs, reserveMs: neededMs });
      if ('outcome' in decision) return { code, request: asked, ...decision };
      return { ...item, permit: decision };
    } catch (error) {
      // The guard refused the key or could not ask its table: no call was made.
      if (error instanceof RequestError) return { ...refuse(error), request: asked };
      return { code, request: asked, outcome: classifyError(error, true) };
    }
  };

  const close = async <Item extends Understood>(
    item: Permitted<Item>,
    made: Made | undefined,
    { remainingMs }: Batch,
  ): Promise<Performed | undefined> => {
    await item.permit.close(made?.outcome, remainingMs);
    if (made === undefined) return undefined;
    const outcome = outcomeOfAsked(item, made.outcome);
    return { code, request: item.asked, durationMs: made.durationMs, outcome };
  };

  return async <Item extends Understood>(
    items: readonly Item[],
    batch: Batch,
  ): Promise<Map<Item, Performed | undefined>> => {
    const answers = await limit.map(items, (item) => ask(item, batch));
    const permitted = answers.filter((answer) => answer !== undefined && 'permit' in answer);
    const made = await batch.make(permitted);
    const performed = await limit.map(answers, (answer) =>
      answer !== undefined && 'permit' in answer ? close(answer, made.get(answer), batch) : answer,
    );
    return new Map(items.map((item, index) => [item, performed[index]]));
  };
}
