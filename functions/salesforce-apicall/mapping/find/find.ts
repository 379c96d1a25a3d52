import { policyOf } from '#common/failure-policy.ts';
import { isJsonObject, type JsonObject } from '#common/json.ts';
import { RequestError } from '../../errors.ts';
import { failure, type Outcome } from '../../outcome/failure-class.ts';
import { type AllowLists, requireAllowed } from '../../request/allow-lists.ts';
import { type RequestResult, rejected } from '../../result.ts';
import { MappingError } from '../errors.ts';
import { failedAt } from '../execution/failures.ts';
import { toRow } from '../execution/results.ts';
import type { FindRequest, FindResult } from '../ports.ts';
import { type Described, type Descriptions, type FieldTypes, isDescribed } from './describe.ts';
import type { LookUp } from './look-up.ts';
import { soqlOf, toQueries } from './queries.ts';
import { attribute, statementOf, toWant, valuesOf, type Want } from './wants.ts';

/** A query of several wants, and what it has returned so far. */
interface Asked {
  readonly wants: readonly [Want, ...Want[]];
  readonly types: FieldTypes;
}

interface Answered {
  readonly rows: readonly JsonObject[];
  /** The locator of the next page. */
  readonly next?: string;
}

const failed = (outcome: Exclude<Outcome, { kind: 'success' }>): RequestResult => ({
  kind: 'finished',
  code: 'adapter-process',
  outcome,
});

const tooMany = failed(
  failure('permanent-data', 'MAPPING_MANY_FOUND', 'more than two pages of records match'),
);

/** Errors of the statement, whatever its values are. */
const OF_STATEMENT = new Set(['INVALID_FIELD', 'INVALID_TYPE']);

function answerOf({
  kind,
  outcome,
}: Extract<RequestResult, { outcome: Outcome }>): Answered | undefined {
  const body: unknown =
    kind === 'finished' && outcome.kind === 'success' ? outcome.body : undefined;
  if (!isJsonObject(body) || !Array.isArray(body['records'])) return undefined;
  const rows = body['records'].filter(isJsonObject);
  const { nextRecordsUrl } = body;
  if (typeof nextRecordsUrl !== 'string') return { rows };
  return { rows, next: nextRecordsUrl.slice(nextRecordsUrl.lastIndexOf('/') + 1) };
}

/**
 * Whether a query has failed in a way that fewer values can change, by the policy of the failure's class: one value can be to
 * blame, as one record can in a shared call. In an outage, the breaker is open by now.
 */
const isSplit = (result: RequestResult): boolean =>
  result.kind === 'finished' &&
  result.outcome.kind === 'failure' &&
  policyOf(result.outcome.class).inSharedCall !== 'final' &&
  !OF_STATEMENT.has(result.outcome.errorCode);

const inHalves = ({ wants, types }: Asked): Asked[] => {
  const middle = Math.ceil(wants.length / 2);
  return [wants.slice(0, middle), wants.slice(middle)].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ wants: [first, ...others] as const, types }],
  );
};

const readAnswer = (result: RequestResult | undefined): RequestResult | Answered =>
  (result && 'outcome' in result && answerOf(result)) || (result ?? { kind: 'not-started' });

/** The answers of queries, with their second pages. */
async function ask(
  queries: readonly Asked[],
  lookUp: LookUp,
): Promise<(RequestResult | Answered)[]> {
  const first = await lookUp(
    queries.map(({ wants }) => ({ action: 'GET', resource: 'query', query: { q: soqlOf(wants) } })),
  );
  const answers = queries.map((_, index) => readAnswer(first[index]));
  const locators = answers.flatMap((answer, index) =>
    'rows' in answer && answer.next !== undefined
      ? [{ index, rows: answer.rows, object: answer.next }]
      : [],
  );
  if (locators.length === 0) return answers;
  const second = await lookUp(
    locators.map(({ object }) => ({ action: 'GET', resource: 'query', object })),
  );
  for (const [position, { index, rows }] of locators.entries()) {
    const page = readAnswer(second[position]);
    answers[index] = 'rows' in page ? { ...page, rows: [...rows, ...page.rows] } : page;
  }
  return answers;
}

const toFound = (rows: readonly JsonObject[]): FindResult => ({
  kind: 'rows',
  rows: rows.map(toRow),
});

/** What an answer means for each want of its query; `undefined`: the wants have to be asked in parts. */
function settle(
  { wants, types }: Asked,
  answer: RequestResult | Answered,
): (readonly [Want, FindResult])[] | undefined {
  const [first, ...others] = wants;
  const isAlone = others.length === 0;
  if ('kind' in answer)
    return isAlone || !isSplit(answer) ? wants.map((want) => [want, answer]) : undefined;
  const { rows, next } = answer;
  if (isAlone) return [[first, next === undefined ? toFound(rows) : tooMany]];
  const rowsOf = next === undefined ? attribute(wants, rows, types) : undefined;
  return rowsOf && [...rowsOf].map(([want, own]) => [want, toFound(own)]);
}

interface FindDependencies {
  readonly lookUp: LookUp;
  readonly descriptions: Descriptions;
  readonly allowed: AllowLists;
}

/** The find's object is checked like that of a read by id: no permission for `query` is needed. */
function refusalOf(
  { step: { object } }: FindRequest,
  allowed: AllowLists,
): RequestResult | undefined {
  try {
    requireAllowed({ action: 'GET', resource: 'sobjects', object }, allowed);
    return undefined;
  } catch (error) {
    if (error instanceof RequestError) return rejected(error);
    throw error;
  }
}

function wantOf(find: FindRequest, described: Described | undefined): Want | RequestResult {
  if (described === undefined) return { kind: 'not-started' };
  if (!isDescribed(described)) return described;
  try {
    return toWant(find, described);
  } catch (error) {
    if (error instanceof MappingError) return failedAt(error);
    throw error;
  }
}

/** The objects of finds, and the fields that their conditions name. */
function objectsOf(finds: readonly FindRequest[]): Map<string, readonly string[]> {
  const groups = Map.groupBy(finds, ({ step }) => step.object);
  return new Map(
    [...groups].map(([object, group]) => [
      object,
      [...new Set(group.flatMap(({ alternatives }) => alternatives.flatMap(Object.keys)))],
    ]),
  );
}

/**
 * The rows of many finds, by few queries: those of one statement share one. A query whose rows can't be attributed to its values,
 * that has more than two pages, or that is refused, is asked in halves, until a find is alone.
 */
export async function findRows(
  finds: readonly FindRequest[],
  { lookUp, descriptions, allowed }: FindDependencies,
): Promise<FindResult[]> {
  const refusals = finds.map((find) => refusalOf(find, allowed));
  const accepted = finds.filter((_, index) => refusals[index] === undefined);
  const described = await descriptions.describe(objectsOf(accepted), lookUp);
  const shared = new Map<string, Want>();
  const wants = finds.map((find, index): Want | RequestResult => {
    const want = refusals[index] ?? wantOf(find, described.get(find.step.object));
    if ('kind' in want) return want;
    const identity = `${statementOf(want)} ${valuesOf(want)}`;
    const known = shared.get(identity) ?? want;
    shared.set(identity, known);
    return known;
  });
  const results = new Map<Want, FindResult>();
  const asked = [...shared.values()].filter(({ alternatives }) => alternatives.length > 0);
  let queries = [...Map.groupBy(asked, statementOf).values()]
    .flatMap(toQueries)
    .flatMap((group) => {
      const [first, ...others] = group;
      const types = first && described.get(first.step.object);
      if (first === undefined || types === undefined || !isDescribed(types)) return [];
      return [{ wants: [first, ...others] as const, types }];
    });
  while (queries.length > 0) {
    const answers = await ask(queries, lookUp);
    queries = queries.flatMap((asked, index) => {
      const settled = settle(asked, answers[index] ?? { kind: 'not-started' });
      for (const [want, result] of settled ?? []) results.set(want, result);
      return settled === undefined ? inHalves(asked) : [];
    });
  }
  return wants.map((want) =>
    'kind' in want ? want : (results.get(want) ?? { kind: 'rows', rows: [] }),
  );
}
