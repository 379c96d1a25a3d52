import { apiError } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

const requiredFields: Readonly<Record<string, readonly string[]>> = {
  account: ['Name'],
  contact: ['LastName'],
  lead: ['LastName', 'Company'],
  opportunity: ['Name', 'StageName', 'CloseDate'],
};

/** Lengths of standard text fields ("Object Reference"). */
const maxLengths: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  account: { Name: 255 },
  case: { Subject: 255, Description: 32_000 },
  contact: { LastName: 80, FirstName: 40 },
  lead: { LastName: 80, Company: 255 },
  task: { Subject: 255, Description: 32_000 },
};

/** Salesforce treats empty text as no value. */
export const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || value === '';

/** @throws ApiError REQUIRED_FIELD_MISSING */
export function requireFields(sObject: string, fields: Fields): void {
  const missing = (requiredFields[sObject.toLowerCase()] ?? []).filter((name) =>
    isMissing(fields[name]),
  );
  if (missing.length === 0) return;
  throw apiError(
    400,
    'REQUIRED_FIELD_MISSING',
    `Required fields are missing: [${missing.join(', ')}]`,
    missing,
  );
}

/** @throws ApiError STRING_TOO_LONG, quoting the value as Salesforce does. */
export function requireLengths(sObject: string, fields: Fields): void {
  for (const [name, length] of Object.entries(maxLengths[sObject.toLowerCase()] ?? {})) {
    const value = fields[name];
    if (typeof value !== 'string' || value.length <= length) continue;
    const message = `${name}: data value too large: ${value} (max length=${length})`;
    throw apiError(400, 'STRING_TOO_LONG', message, [name]);
  }
}
