import { isExactNumber } from '#common/json.ts';

/**
 * A text without what an org may not tell apart: case, diacritics, compatibility forms, blanks at the ends. Texts that differ
 * here are certainly two for the org; those that are equal may be one, so they never share a query.
 */
export const foldText = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase().trim();

/** Any value, folded. Numbers are texts by their value. */
export const foldValue = (value: unknown): string =>
  foldText(
    typeof value === 'string'
      ? value
      : isExactNumber(value)
        ? JSON.stringify(value)
        : String(value),
  );
