import { fields } from './template.ts';

/** The value that a JSON path of a rule's target selects from an event, or `undefined`. */
export const lookUp = (event: unknown, path: unknown): unknown =>
  [...String(path).matchAll(/([^.[\]$]+)|\[(\d+)\]/g)].reduce<unknown>(
    (tree, [, name, index]) =>
      Array.isArray(tree) ? tree[Number(index)] : fields(tree)[name ?? ''],
    event,
  );

/** A variable whose path selects nothing is omitted from the output ("Common issues with transforming input"). */
const inText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value)?.replaceAll('"', '') ?? '');

/** The text into which an input transformer transforms an event ("Amazon EventBridge input transformation"). */
export function render(transformer: unknown, event: unknown): string {
  const { InputPathsMap, InputTemplate } = fields(transformer);
  const value = (name: string): unknown => lookUp(event, fields(InputPathsMap)[name]);
  return String(InputTemplate).replaceAll(
    /"(?:\\.|[^"\\])*"|<(\w+)>/g,
    (token, name: string | undefined) =>
      name === undefined
        ? token.replaceAll(/<(\w+)>/g, (_, inner: string) => inText(value(inner)))
        : (JSON.stringify(value(name)) ?? ''),
  );
}
