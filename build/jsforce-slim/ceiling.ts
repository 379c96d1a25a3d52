import type { Metafile } from 'esbuild';

/**
 * Bytes that a package may have in a bundle, together with all that it imports: a tenth more than with the versions
 * that this was measured with (jsforce 3.10.26: 95 KB, jsonwebtoken 9.0.3: 30 KB, minified).
 */
const ceilings = { jsforce: 105_000, jsonwebtoken: 33_000 };

/** Everything that a package's modules make the bundle hold. */
function reachableFrom(name: string, inputs: Metafile['inputs']): Set<string> {
  const reached = new Set(
    Object.keys(inputs).filter((path) => path.includes(`node_modules/${name}/`)),
  );
  for (const path of reached) {
    for (const { path: next, external } of inputs[path]?.imports ?? [])
      if (external !== true) reached.add(next);
  }
  return reached;
}

/** What a metafile says against the ceilings, in words. */
export function tooLarge({ inputs, outputs }: Metafile): string[] {
  const inOutputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return Object.entries(ceilings).flatMap(([name, ceiling]) => {
    const reached = reachableFrom(name, inputs);
    const bytes = inOutputs
      .filter(([path]) => reached.has(path))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    if (bytes <= ceiling) return [];
    return [
      `${name} has ${bytes} B of the bundle, more than ${ceiling}: see what it has brought, and build/jsforce-slim`,
    ];
  });
}
