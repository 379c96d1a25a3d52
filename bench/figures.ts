/**
 * Prints what this process has used so far as the last line of standard error: `cpuMs`, including Node's start, and
 * `rssMb`, the peak.
 */
export function printFigures(more: Readonly<Record<string, number>> = {}): void {
  const { user, system } = process.cpuUsage();
  const rssMb = process.resourceUsage().maxRSS / 1_024;
  console.error(JSON.stringify({ cpuMs: (user + system) / 1_000, rssMb, ...more }));
}

/** CPU microseconds for each of `count` units of work. */
export async function cpuOfEach(count: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
