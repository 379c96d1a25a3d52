/** A form's fields: one value as text, repeats as an array in received order. Keys such as `__proto__` are plain keys. */
export function formFields(text: string): Record<string, string | string[]> {
  const form = new URLSearchParams(text);
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name): [string, string | string[]] => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
