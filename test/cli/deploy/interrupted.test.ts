import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runOnTerminal } from '../../deployment/pseudo-terminal.ts';
import { startFakeAws } from './fake-aws.ts';

const CTRL_C = '\u0003';

/** The questions of a first deployment, each of which Ctrl-C may answer. */
const questions = [
  /AWS Region/,
  /CloudFormation stack/,
  /GitHub webhooks\?/,
  /Twilio webhooks\?/,
  /Salesforce login/,
  /Salesforce credentials/,
  /notified of alarms/,
  /Write .*\?/,
];

it.each([
  ['the first question', 0],
  ['the last question before the file is written', questions.length - 1],
])(
  'Ctrl-C at %s ends npm run deploy, and writes nothing',
  async (_what, index) => {
    const aws = await startFakeAws();
    const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
    try {
      const answers = questions
        .slice(0, index + 1)
        .map((question, at): [RegExp, string] => [
          question,
          at === index ? CTRL_C : at === 0 ? 'eu-central-1' : '',
        ]);
      const { exitCode, screen } = await runOnTerminal(
        ['cli/deploy/index.ts', '--folder', folder, '--env', 'production'],
        answers,
        {
          AWS_ENDPOINT_URL: aws.url,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_EC2_METADATA_DISABLED: 'true',
          HOME: folder,
        },
        30_000,
      );
      expect(exitCode, screen).toBe(130);
      expect(screen).toContain('Nothing was written or deployed.');
      expect(screen).not.toMatch(/\n\s+at /);
      expect(readdirSync(folder)).toEqual([]);
      expect(aws.actions.filter((action) => /^(Create|Put|Execute)/.test(action))).toEqual([]);
    } finally {
      aws.stop();
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
