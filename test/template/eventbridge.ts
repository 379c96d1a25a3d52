import { fields } from './template.ts';

/** What a JSON path of a rule's target finds in an event; `undefined` when there is nothing. */
export const lookUp = (event: unknown, path: unknown): unknown =>
  [...String(path).matchAll(/([^.[\]$]+)|\[(\d+)\]/g)].reduce<unknown>(
    (tree, [, name, index]) =>
      Array.isArray(tree) ? tree[Number(index)] : fields(tree)[name ?? ''],
    event,
  );

/** A variable whose path finds nothing does not appear in the output ("Common issues with transforming input"). */
const inText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value)?.replaceAll('"', '') ?? '');

/** The text that an input transformer makes of an event ("Amazon EventBridge input transformation"). */
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
