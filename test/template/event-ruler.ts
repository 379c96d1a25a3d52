import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { paths, root } from '../../local/stack/paths.ts';

const jars = join(paths.local, 'event-ruler');
const folder = join(root, 'test/template/event-ruler');

interface Question {
  readonly pattern: unknown;
  readonly event: unknown;
}

/** EventBridge's own matcher, from Maven Central; needs Java 17 and Maven. */
export function ask(questions: readonly Question[]): boolean[] {
  if (!existsSync(join(jars, 'event-ruler-2.0.1.jar'))) {
    const arguments_ = [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${jars}`,
    ];
    execFileSync('mvn', arguments_, { stdio: 'inherit' });
  }
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const answers = execFileSync('java', ['-cp', join(jars, '*'), join(folder, 'Match.java')], {
    input,
    encoding: 'utf8',
  });
  return answers
    .trim()
    .split('\n')
    .map((answer) => answer === 'true');
}
