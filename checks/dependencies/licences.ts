import satisfies from 'spdx-satisfies';
import { type Installed, titleOf } from './installed.ts';

/** Whoever deploys the stack may do so without publishing anything: notices are all that these ask for. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
] as const;

/**
 * SPDX identifiers. Tools run here and are given to nobody: what asks for its own changes to be published may be one, as
 * may lists of words and of browsers that ask to be cited.
 */
export const allowed = {
  deployed: permissive,
  tools: [...permissive, 'MPL-2.0', 'CC-BY-3.0', 'CC-BY-4.0'],
} as const;

function isAllowed(licence: string, list: readonly string[]): boolean {
  try {
    return satisfies(licence, list);
  } catch {
    return false;
  }
}

/** What has a licence that is not on its list, in words. */
export function refusedLicences(
  packages: readonly Installed[],
  isDeployed: (one: Installed) => boolean,
): string[] {
  return packages.flatMap((one) => {
    const [kind, list] = isDeployed(one)
      ? (['deployed', allowed.deployed] as const)
      : (['a tool', allowed.tools] as const);
    if (isAllowed(one.licence, list)) return [];
    const licence = one.licence || 'none that is an SPDX expression';
    return [`${titleOf(one)} (${kind}) has the licence ${licence}: allowed are ${list.join(', ')}`];
  });
}

/** Licence → packages, most packages first. */
export function byLicence(packages: readonly Installed[]): [licence: string, titles: string[]][] {
  return [...Map.groupBy(packages, ({ licence }) => licence)]
    .map(([licence, own]): [string, string[]] => [licence, own.map(titleOf).toSorted()])
    .sort(([, one], [, other]) => other.length - one.length);
}
