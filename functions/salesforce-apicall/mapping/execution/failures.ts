import { classifyError } from '../../outcome/classify.ts';
import { type Failure, failure, type MappingPlace } from '../../outcome/failure-class.ts';
import type { RequestResult } from '../../result.ts';
import type { FindStep, Step, WriteStep } from '../definition.ts';
import { EvaluationTimeError, MappingError, mappingErrorCodes } from '../errors.ts';

/** A place in a mapping that is known. */
type Place = Omit<MappingPlace, 'mapping'>;

export const placeOf = ({ name, each }: WriteStep, key: string): Place => ({
  step: name,
  ...(each && { item: key }),
});

/** The result with the place in the mapping that its failure is about, also in its message. */
export function atPlace(result: RequestResult, name: string, at: Place): RequestResult {
  if (!('outcome' in result) || result.outcome.kind === 'success') return result;
  const mapping = { ...result.outcome.mapping, mapping: name, ...at };
  const item = at.item === undefined ? [] : [`item ${at.item}`];
  const where = [name, at.step, ...item, at.place].filter((one) => one !== undefined);
  const message = `${where.join(', ')}: ${result.outcome.message}`;
  return { ...result, outcome: { ...result.outcome, message, mapping } };
}

const failed = (outcome: Failure): RequestResult => ({
  kind: 'finished',
  code: 'adapter-process',
  outcome,
});

/** A MappingError as a result, whose place is not yet known. */
export function failedAt({ code, message, place }: MappingError): RequestResult {
  const outcome = failure('permanent-data', code, `${place}: ${message}`);
  return failed({ ...outcome, mapping: { mapping: '', place } });
}

/** What comes before the first step. */
const isOfMapping = (place: string): boolean => place === 'key' || /^let\b/.test(place);

/** The result of an execution whose step can't be evaluated. */
export function resultOfError(error: unknown, name: string, step: Step): RequestResult {
  if (error instanceof EvaluationTimeError) return { kind: 'not-started' };
  if (!(error instanceof MappingError))
    return atPlace(failed(classifyError(error, true)), name, { step: step.name });
  const { code, message, place, item } = error;
  const isRetryable = mappingErrorCodes[code] === 'retryable';
  const result = failed(failure(isRetryable ? 'retry-soon' : 'permanent-data', code, message));
  return atPlace(result, name, {
    ...(isOfMapping(place) ? {} : { step: step.name }),
    ...(item === undefined ? {} : { item: String(item) }),
    place,
  });
}

export const manyFound = ({ object }: FindStep): RequestResult =>
  failed(
    failure(
      'permanent-data',
      'MAPPING_MANY_FOUND',
      `several ${object} records match: correct them, or take one with many: first`,
    ),
  );

export const noneFound = ({ object, none }: FindStep): RequestResult =>
  failed(
    none === 'retry'
      ? failure('retry-soon', 'MAPPING_NONE_YET', `no ${object} record matches yet`)
      : failure('permanent-data', 'MAPPING_NONE_FOUND', `no ${object} record matches`),
  );

/** Of a call, which has been made. */
export const responseTooLarge = failed(
  failure(
    'permanent-size',
    'MAPPING_STATE_SIZE',
    'the response is larger than the 16 kB that later steps can be given: ask for fewer records or fields, or leave out as: if no step needs it',
  ),
);

export const tooLarge = (name: string): RequestResult =>
  atPlace(
    failed(
      failure(
        'permanent-size',
        'MAPPING_STATE_SIZE',
        'the steps gave more than can be remembered: use fewer items, or several mappings',
      ),
    ),
    name,
    {},
  );
