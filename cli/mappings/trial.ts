import { isJsonObject } from '../../functions/common/json.ts';
import { RequestError } from '../../functions/salesforce-apicall/errors.ts';
import type { Mapping } from '../../functions/salesforce-apicall/mapping/definition.ts';
import { MappingExecution } from '../../functions/salesforce-apicall/mapping/execution/execution.ts';
import { createEvaluator } from '../../functions/salesforce-apicall/mapping/expression/evaluator.ts';
import { matchesPattern } from '../../functions/salesforce-apicall/mapping/pattern.ts';
import type {
  FindRequest,
  FindResult,
  WriteRequest,
} from '../../functions/salesforce-apicall/mapping/ports.ts';
import { runMappings } from '../../functions/salesforce-apicall/mapping/rounds.ts';
import type { BusEvent } from '../../functions/salesforce-apicall/request/parse.ts';
import { parseRequest } from '../../functions/salesforce-apicall/request/schema.ts';
import { type RequestResult, rejected } from '../../functions/salesforce-apicall/result.ts';
import { type Words, wordsOf } from './words.ts';

/** Name of a find → what it finds: a record, records, or null. */
export type Found = Readonly<Record<string, unknown>>;

/** What a mapping does with an event, without Salesforce. */
export type Trial =
  | { readonly kind: 'no match' }
  | {
      readonly kind: 'ran';
      /** The writes in order, in the words of steps; `$bug` stands for the id of what the step bug wrote. */
      readonly sends: readonly Words[];
      /** Finds that were asked for and that nothing was given for: they found nothing. */
      readonly unanswered: readonly string[];
      /** Why it failed; absent: it succeeded. */
      readonly failure?: string;
    };

/** Ten times what a deployed function allows, because other work may slow this machine down. */
const EXPRESSION_MS = 2_500;
const evaluator = createEvaluator(EXPRESSION_MS);

/** An id with the form of a record's, which stands for `$name`. */
const placeholder = (index: number): string => `TRY${String(index).padStart(15, '0')}`;

const nameOf = ({ step, item }: WriteRequest, index: number): string =>
  `$${step.as ?? step.name}${item === undefined ? '' : `[${index}]`}`;

/** Salesforce, as far as a trial needs it: finds what it is told, and writes whatever is valid. */
class Org {
  readonly sends: Words[] = [];
  readonly unanswered = new Set<string>();
  /** Placeholder → what it stands for. */
  readonly #names = new Map<string, string>();
  readonly #found: Found;

  constructor(found: Found) {
    this.#found = found;
  }

  find({ step: { as } }: FindRequest): FindResult {
    if (!Object.hasOwn(this.#found, as)) this.unanswered.add(as);
    const found = this.#found[as];
    const rows = Array.isArray(found) ? found : [found];
    return { kind: 'rows', rows: rows.filter(isJsonObject) };
  }

  write(write: WriteRequest, index: number): RequestResult {
    try {
      const request = parseRequest(write.data);
      this.sends.push(wordsOf(write.step, request, this.#names));
      const id = placeholder(this.#names.size);
      this.#names.set(id, nameOf(write, index));
      const body = { id, success: true, errors: [], created: request.action === 'POST' };
      return {
        kind: 'finished',
        code: 'adapter-process',
        outcome: { kind: 'success', status: body.created ? 201 : 200, body },
      };
    } catch (error) {
      if (error instanceof RequestError) return rejected(error);
      throw error;
    }
  }
}

function failureOf(result: RequestResult | undefined): string | undefined {
  if (result?.kind !== 'finished') return 'The expressions took too long.';
  return result.outcome.kind === 'failure' ? result.outcome.message : undefined;
}

/** Runs a mapping on an event as the function does, with given records instead of Salesforce. */
export async function tryMapping(mapping: Mapping, event: BusEvent, found: Found): Promise<Trial> {
  if (!matchesPattern(mapping.on, event)) return { kind: 'no match' };
  const org = new Org(found);
  const execution = new MappingExecution({ mapping, event, isRedelivered: false });
  const startBatch = await evaluator;
  await runMappings([execution], {
    evaluate: startBatch(),
    find: async (finds) => finds.map((one) => org.find(one)),
    write: (writes, onResults) =>
      onResults(writes.map((one, index) => [one, org.write(one, index)])),
    records: { read: async () => undefined, save: async () => 'saved' },
    hasTime: () => true,
    onEnded: async () => undefined,
  });
  const failure = failureOf(execution.result);
  return {
    kind: 'ran',
    sends: org.sends,
    unanswered: [...org.unanswered],
    ...(failure !== undefined && { failure }),
  };
}
