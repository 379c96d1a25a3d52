import { execa } from 'execa';
import { createVenv, engineVenv, findPython, isReady, samVenv } from '../local/stack/python.ts';

async function requireTool(tool: string, versionFlag: string): Promise<void> {
  const { failed } = await execa(tool, [versionFlag], { reject: false });
  if (!failed) return;
  throw new Error(
    `${tool} is needed for AWS's own event pattern matcher and was not found. Install Java 17 and Maven (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless maven; macOS: brew install openjdk@17 maven).`,
  );
}

/** The tools that tests run, and the Python environments, made here when the clone is new. */
export async function setup(): Promise<void> {
  await requireTool('java', '-version');
  await requireTool('mvn', '--version');
  for (const venv of [engineVenv, samVenv]) {
    if (await isReady(venv)) continue;
    console.log(`Making the Python environment for the ${venv.name} (first time only)…`);
    await createVenv(venv, await findPython(), { onLine: () => undefined });
  }
}
