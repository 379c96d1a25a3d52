import type { CreateClients } from '../aws.ts';
import { formatFinding, sanitizeText, toJson } from '../format.ts';
import { completeCommands } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { notChecked, runChecks } from './checks.ts';
import type { Finding, Status } from './finding.ts';
import { type DoctorOptions, readInventory } from './inventory.ts';

export interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  readonly createClients: CreateClients;
}

/** AWS's messages are short; a policy is not. */
const MAX_LENGTH = 400;

const count = (findings: readonly Finding[], status: Status): number =>
  findings.filter((finding) => finding.status === status).length;

function exitCodeOf(findings: readonly Finding[]): number {
  if (count(findings, 'failed') > 0) return 1;
  return count(findings, 'unknown') > 0 ? 2 : 0;
}

function format(findings: readonly Finding[], unchecked: readonly string[]): string {
  const lines = findings.flatMap(({ what, status, detail, remedy }) =>
    formatFinding(
      status,
      `${what}: ${sanitizeText(detail, MAX_LENGTH)}`,
      remedy && sanitizeText(remedy, MAX_LENGTH),
    ),
  );
  const summary = (['failed', 'unknown', 'warning', 'ok'] as const).map(
    (status) => `${count(findings, status)} ${status}`,
  );
  return [...lines, `${summary.join(', ')}.`, `Not checked: ${unchecked.join('; ')}.`].join('\n');
}

/** Runs all checks and prints what they found. @returns the exit code */
export async function runDoctor(
  { json, ...options }: DoctorOptions,
  { createClients, print }: Dependencies,
): Promise<number> {
  const clients = await createClients(options);
  const inventory = await readInventory(clients, options);
  const findings = (await runChecks(inventory, clients, options)).map(({ remedy, ...finding }) =>
    remedy === undefined ? finding : { ...finding, remedy: completeCommands(remedy, options) },
  );
  const exitCode = exitCodeOf(findings);
  const ok = exitCode === 0;
  const unchecked = notChecked(options);
  const result = { findings, notChecked: unchecked };
  print(json ? toJson('doctor', ok, result) : format(findings, unchecked));
  return exitCode;
}
