import { createVenv, engineVenv, findPython, isReady, samVenv } from '../local/stack/python.ts';

/** The Python environments that template and engine tests run; made here when the clone is new. */
export async function setup(): Promise<void> {
  for (const venv of [engineVenv, samVenv]) {
    if (await isReady(venv)) continue;
    console.log(`Making the Python environment for the ${venv.name} (first time only)…`);
    await createVenv(venv, await findPython(), { onLine: () => undefined });
  }
}
