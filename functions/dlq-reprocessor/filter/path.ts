const STEP = /\.([^.[\]]+)|\[(\d+)\]/g;

function step(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null || !Object.hasOwn(tree, key)) return undefined;
  return Object.getOwnPropertyDescriptor(tree, key)?.value;
}

/** What a path such as `$.detail.items[0].id` leads to; `undefined` - nowhere. */
export function valueAt(tree: unknown, path: string): unknown {
  return [...path.matchAll(STEP)].reduce<unknown>(
    (value, [, key, index]) => step(value, key ?? index ?? ''),
    tree,
  );
}
