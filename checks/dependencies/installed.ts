import { npmJson } from './npm.ts';

export interface Installed {
  readonly name: string;
  readonly version: string;
  /** As the package writes it, an SPDX expression; empty where it says nothing of the kind. */
  readonly licence: string;
  /** `node_modules/…` */
  readonly folder: string;
}

function toInstalled(value: unknown): Installed[] {
  const { name, version, license, location } = Object(value);
  if (typeof location !== 'string' || location === '') return [];
  const licence = typeof license === 'string' ? license : '';
  return [{ name: String(name), version: String(version), licence, folder: location }];
}

/** The packages that are installed for this machine, the project itself left out. */
export async function installedPackages(): Promise<Installed[]> {
  const { output } = await npmJson(['query', '*']);
  return Array.isArray(output) ? output.flatMap(toInstalled) : [];
}

/** `name@version` */
export const titleOf = ({ name, version }: Installed): string => `${name}@${version}`;
