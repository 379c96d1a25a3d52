import {
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../../functions/salesforce-apicall/errors.ts';
import { CliError } from '../errors.ts';
import { formatFinding, MAX_TEXT_LENGTH, sanitizeText } from '../format.ts';
import { remedyFor } from './remedies.ts';

type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** The result of one step. The field names are those of `--json`. */
export interface StepResult {
  readonly step: string;
  readonly status: Status;
  readonly detail: string;
  readonly remedy?: string;
}

/** What a step that passed returns: the value for later steps, and the detail to print. `advice` makes it a warning. */
export interface Passed<T> {
  readonly value: T;
  readonly detail: string;
  readonly advice?: string | undefined;
}

/** Fails a step. Without a remedy, the one known for the message is used. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy ?? remedyFor(message);
  }
}

const REWRITE = 'Write the secret again: npm run salesforce -- secret';

function describeFailure(error: unknown): Pick<StepResult, 'detail' | 'remedy'> {
  const withRemedy = (detail: string, remedy = remedyFor(detail)) =>
    remedy === undefined ? { detail } : { detail, remedy };
  if (error instanceof LoginError)
    return withRemedy(`Salesforce returned ${error.errorCode}: ${error.message || 'no reason'}`);
  if (error instanceof TransportError) return withRemedy(error.message);
  if (error instanceof SalesforceConfigurationError) return withRemedy(error.message, REWRITE);
  if (error instanceof StepError) return withRemedy(error.message, error.remedy);
  if (error instanceof CliError) return { detail: error.message };
  throw error;
}

function redact(text: string, secrets: readonly string[]): string {
  const redacted = secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  return sanitizeText(redacted, MAX_TEXT_LENGTH);
}

/** Results without secrets and control characters, and not too long. */
export const printable = (
  results: readonly StepResult[],
  secrets: readonly string[],
): StepResult[] =>
  results.map(({ remedy, ...result }) => ({
    ...result,
    detail: redact(result.detail, secrets),
    ...(remedy === undefined ? {} : { remedy: redact(remedy, secrets) }),
  }));

export const formatResults = (results: readonly StepResult[]): string =>
  results
    .flatMap(({ step, status, detail, remedy }) =>
      formatFinding(status, `${step}: ${detail}`, remedy),
    )
    .join('\n');

/**
 * Runs steps in order. A step without input, because an earlier one failed, is skipped.
 *
 * @param onResult is called as soon as a step has its result.
 */
export function createSteps(onResult: (result: StepResult) => void = () => undefined) {
  const results: StepResult[] = [];
  const add = (result: StepResult): void => {
    results.push(result);
    onResult(result);
  };
  return {
    results,
    run: async <In, Out>(
      step: string,
      input: In | undefined,
      act: (input: In) => Passed<Out> | Promise<Passed<Out>>,
    ): Promise<Out | undefined> => {
      if (input === undefined) {
        add({ step, status: 'skipped', detail: 'needs a step that failed' });
        return undefined;
      }
      try {
        const { value, detail, advice } = await act(input);
        if (advice === undefined) add({ step, status: 'ok', detail });
        else add({ step, status: 'warning', detail, remedy: advice });
        return value;
      } catch (error) {
        add({ step, status: 'failed', ...describeFailure(error) });
        return undefined;
      }
    },
  };
}
