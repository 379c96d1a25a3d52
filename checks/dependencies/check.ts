import { audit, isSerious } from './audit.ts';
import type { Unit } from './deployed.ts';
import { duplicates } from './duplicates.ts';
import { CheckError } from './errors.ts';
import type { Installed } from './installed.ts';
import { byLicence, refusedLicences } from './licences.ts';
import { unused } from './unused.ts';

/** What one check says: what it has found to be wrong, what is to be known besides, or why it was not made. */
export interface Result {
  readonly title: string;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly notMade?: string;
}

type Found = Omit<Result, 'title'>;

async function check(title: string, make: () => Found | Promise<Found>): Promise<Result> {
  try {
    return { title, ...(await make()) };
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    return { title, problems: [], notes: [], notMade: error.message };
  }
}

function listOf(packages: readonly Installed[], withNames: boolean): string[] {
  return byLicence(packages).map(([licence, titles]) => {
    const count = `${licence || '(none)'}: ${titles.length}`;
    return withNames ? `${count}: ${titles.join(', ')}` : count;
  });
}

async function auditAll(deployed: ReadonlySet<string>): Promise<Found> {
  const findings = await audit(deployed);
  const textsOf = (serious: boolean) =>
    findings.filter((one) => isSerious(one) === serious).map(({ text }) => text);
  return { problems: textsOf(true), notes: textsOf(false) };
}

interface Checked {
  /** The layer first. */
  readonly units: readonly [Unit, ...Unit[]];
  readonly packages: readonly Installed[];
  readonly audit: boolean;
}

/** Makes all checks; none that fails keeps another from being made. */
export function checkAll({ units, packages, audit: isAudited }: Checked): Promise<Result[]> {
  const [layer, ...functions] = units;
  const folders = new Set(units.flatMap(({ packages: own }) => [...own]));
  const isDeployed = ({ folder }: Installed): boolean => folders.has(folder);
  const ofLicences = (some: readonly Installed[], withNames: boolean): Found => ({
    problems: refusedLicences(some, isDeployed),
    notes: listOf(some, withNames),
  });
  const deployed = packages.filter(isDeployed);
  const tools = packages.filter((one) => !isDeployed(one));
  return Promise.all([
    check('Unused', async () => ({ problems: await unused('dependencies'), notes: [] })),
    check('Twice in what a function loads', () => ({
      problems: duplicates(layer, functions),
      notes: [],
    })),
    check('Licences of what is deployed', () => ofLicences(deployed, true)),
    check('Licences of tools', () => ofLicences(tools, false)),
    ...(isAudited ? [check('Advisories', () => auditAll(folders))] : []),
  ]);
}
