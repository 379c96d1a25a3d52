import { CheckError } from './errors.ts';
import { npmJson } from './npm.ts';

/** What an advisory says of an installed package. */
export interface Finding {
  readonly isDeployed: boolean;
  readonly severity: string;
  readonly text: string;
}

function findingsOf(vulnerability: unknown, deployed: ReadonlySet<string>): Finding[] {
  const { name, severity, via, nodes } = Object(vulnerability);
  if (!Array.isArray(via) || !Array.isArray(nodes)) return [];
  const isDeployed = nodes.some((folder) => deployed.has(String(folder)));
  const kind = isDeployed ? 'deployed' : 'a tool';
  // A name in place of an advisory: the package only depends on one that has its own entry.
  return via.flatMap((advisory): Finding[] => {
    const { title, url } = Object(advisory);
    if (typeof advisory === 'string') return [];
    return [{ isDeployed, severity, text: `${name} (${kind}, ${severity}): ${title}, ${url}` }];
  });
}

/**
 * The advisories in what `npm audit --json` answers.
 *
 * @throws CheckError where that is no report: nothing is known then.
 */
export function findingsIn(report: unknown, deployed: ReadonlySet<string>): Finding[] {
  const { auditReportVersion, vulnerabilities, message } = Object(report);
  if (auditReportVersion === 2)
    return Object.values(Object(vulnerabilities)).flatMap((one) => findingsOf(one, deployed));
  const [status = 'no report'] = /^\d{3} [A-Za-z ]+/.exec(String(message)) ?? [];
  throw new CheckError(
    `Advisories are not known: the registry that npm uses here does not answer audits (${status.trim()}). Run this again with one that does; --no-audit leaves the audit out.`,
  );
}

/** What must not stay as it is: anything in what is deployed, and in tools what is high or critical. */
export const isSerious = ({ isDeployed, severity }: Finding): boolean =>
  isDeployed || severity === 'high' || severity === 'critical';

/**
 * Asks the registry for advisories on all that is installed.
 *
 * @param deployed folders of the deployed packages (`node_modules/…`).
 * @throws CheckError where it does not answer.
 */
export async function audit(
  deployed: ReadonlySet<string>,
  env: Readonly<Record<string, string>> = {},
): Promise<Finding[]> {
  const { output } = await npmJson(['audit', '--json'], env);
  return findingsIn(output, deployed);
}
