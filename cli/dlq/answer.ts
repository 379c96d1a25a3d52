import { type Report, reportSchema } from '../../functions/dlq-reprocessor/report.ts';
import { OtherVersionError } from './errors.ts';

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/**
 * Parses the report that the function returns.
 *
 * @throws OtherVersionError naming the fields that do not match: the deployed function is older or newer than this
 *   command.
 */
export function parseReport(json: string): Report {
  const parsed = reportSchema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it');
  throw new OtherVersionError(places);
}

/** Parses what Lambda returns for a function that threw ("Lambda function errors"). */
export function parseFunctionError(json: string): { type: string; message: string } {
  const { errorType, errorMessage } = Object(parseJson(json));
  return { type: String(errorType ?? 'Error'), message: String(errorMessage ?? 'no reason given') };
}
