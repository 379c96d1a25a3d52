import type { Unit } from './deployed.ts';

/** Versions of one package have the same name and lie in different folders. */
const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 13);

/**
 * Packages that a function loads in two versions or from two places, in words: twice in its bundle or in the layer, or
 * once in each. Copies of the same version in bundle and layer count too: their classes are not each other's.
 */
export function duplicates(layer: Unit, functions: readonly Unit[]): string[] {
  const problems = [layer, ...functions].flatMap(({ name, packages }) =>
    [...Map.groupBy(packages, nameOf)].flatMap(([own, folders]) =>
      folders.length > 1 ? [`${own} is in ${name} twice: ${folders.join(' and ')}`] : [],
    ),
  );
  const inLayer = new Set([...layer.packages].map(nameOf));
  const twice = functions.flatMap(({ name, packages }) =>
    [...new Set([...packages].map(nameOf))]
      .filter((own) => inLayer.has(own))
      .map((own) => `${own} is in the layer and in ${name}`),
  );
  return [...problems, ...twice];
}
