import { readFileSync } from 'node:fs';

/**
 * The peak of this process's resident memory, in MB. Linux's `VmHWM` (proc_pid_status(5)) is that of the program itself. The
 * `ru_maxrss` of `process.resourceUsage()` is also that of the process before it became this program: a copy of its parent,
 * which is larger than any cold start. Elsewhere than on Linux there is no other figure.
 */
function peakMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1_024;
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kb) / 1_024;
}

/**
 * Prints what this process has used so far as the last line of standard error: `cpuMs`, including Node's start, and
 * `rssMb`, the peak.
 */
export function printFigures(more: Readonly<Record<string, number>> = {}): void {
  const { user, system } = process.cpuUsage();
  console.error(JSON.stringify({ cpuMs: (user + system) / 1_000, rssMb: peakMb(), ...more }));
}

/** CPU microseconds for each of `count` units of work. */
export async function cpuOfEach(count: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
