/** SQS' longest visibility timeout (Developer Guide, "Amazon SQS visibility timeout"): nothing waits for longer. */
const MAX_SECONDS = 12 * 3_600;

/** The `Retry-After` header in seconds, given as such or as a date (RFC 9110); `undefined` where it is neither. */
export function retryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(MAX_SECONDS, Number(text));
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.min(MAX_SECONDS, Math.max(0, Math.ceil((at - nowMs) / 1_000)));
}
