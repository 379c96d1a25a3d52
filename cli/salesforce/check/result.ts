import {
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../../../functions/salesforce-apicall/errors.ts';
import { CliError } from '../../errors.ts';
import { remedyFor } from './remedies.ts';

type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** What one step of the check found. */
export interface CheckResult {
  readonly step: string;
  readonly status: Status;
  readonly detail: string;
  readonly remedy?: string;
}

/** A step's good end: what later steps need, and what to tell. `advice` makes it a warning. */
export interface Finding<T> {
  readonly value: T;
  readonly detail: string;
  readonly advice?: string | undefined;
}

/** A step's bad end that is no error of another module. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy ?? remedyFor(message);
  }
}

const REWRITE = 'Write it anew: npm run salesforce -- secret';

const explain = (error: unknown): { readonly detail: string; readonly remedy?: string } => {
  const withRemedy = (detail: string, remedy = remedyFor(detail)) =>
    remedy === undefined ? { detail } : { detail, remedy };
  if (error instanceof LoginError)
    return withRemedy(`Salesforce says ${error.errorCode}: ${error.message || 'no reason'}`);
  if (error instanceof TransportError) return withRemedy(error.message);
  if (error instanceof SalesforceConfigurationError) return withRemedy(error.message, REWRITE);
  if (error instanceof CheckError) return withRemedy(error.message, error.remedy);
  if (error instanceof CliError) return { detail: error.message };
  throw error;
};

/** Runs steps one after another; a step whose input is missing, because an earlier one failed, is skipped. */
export function createSteps() {
  const results: CheckResult[] = [];
  return {
    results,
    run: async <In, Out>(
      step: string,
      input: In | undefined,
      act: (input: In) => Finding<Out> | Promise<Finding<Out>>,
    ): Promise<Out | undefined> => {
      if (input === undefined) {
        results.push({ step, status: 'skipped', detail: 'needs what failed above' });
        return undefined;
      }
      try {
        const { value, detail, advice } = await act(input);
        if (advice === undefined) results.push({ step, status: 'ok', detail });
        else results.push({ step, status: 'warning', detail, remedy: advice });
        return value;
      } catch (error) {
        results.push({ step, status: 'failed', ...explain(error) });
        return undefined;
      }
    },
  };
}
