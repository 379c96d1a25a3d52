export type Json = Readonly<Record<string, unknown>>;

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

export const fields = (value: unknown): Json => Object(value);
