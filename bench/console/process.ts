import { readFile } from 'node:fs/promises';

/** Linux counts CPU time in hundredths of a second (proc_pid_stat(5), sysconf(3) `_SC_CLK_TCK`). */
const MS_PER_TICK = 10;

/** CPU milliseconds that a process of this machine has used so far, without those of its children. NaN elsewhere than on Linux. */
export async function cpuMsOf(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in parentheses, can contain spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = fields.slice(11, 13).map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * MS_PER_TICK;
}

/** The most memory, in MB, that a process has had resident. NaN elsewhere than on Linux. */
export async function peakMbOf(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(text) ?? [];
  return Number(kb) / 1_024;
}
