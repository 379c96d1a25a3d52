import { execa } from 'execa';

/** The processes that the local engine runs a function in, by the folder that it makes for each. */
async function workersOf(functionName: string): Promise<number[]> {
  const { stdout } = await execa('ps', ['-axo', 'pid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return command.includes(`ministack-lambda-${functionName}-`) ? [Number(pid)] : [];
  });
}

/** Ends all processes of a function as a crash of its host would; answers how many. */
export async function killWorkers(functionName: string): Promise<number> {
  const pids = await workersOf(functionName);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return pids.length;
}
