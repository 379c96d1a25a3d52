/**
 * Says on the standard error, as its last line, what this process has used until now: `cpuMs`, Node's own start
 * included, and `rssMb`, its peak.
 */
export function sayFigures(more: Readonly<Record<string, number>> = {}): void {
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
