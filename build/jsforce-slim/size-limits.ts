import type { Metafile } from 'esbuild';

/**
 * Maximum bytes of a package in a bundle, with everything it imports: 10 % more than measured (jsforce 3.10.26: 95 KB,
 * jsonwebtoken 9.0.3: 30 KB, minified).
 */
const sizeLimits = { jsforce: 105_000, jsonwebtoken: 33_000 };

/** The package's modules and everything that they import, directly or not. */
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

/** One message for each package in the bundle that is larger than its limit. */
export function findOversized({ inputs, outputs }: Metafile): string[] {
  const inOutputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return Object.entries(sizeLimits).flatMap(([name, limit]) => {
    const reached = reachableFrom(name, inputs);
    const bytes = inOutputs
      .filter(([path]) => reached.has(path))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    if (bytes <= limit) return [];
    return [
      `${name} has ${bytes} B in the bundle, more than ${limit}: check what it now imports, and build/jsforce-slim`,
    ];
  });
}
