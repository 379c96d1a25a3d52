import { readFileSync } from 'node:fs';
import twilio from 'twilio';
import { printFigures } from '../figures.ts';
import { putEvent, readSecret } from './aws.ts';

/** One cold start of Twilio's Express middleware: verifies the webhook in a file, publishes it, and exits. */
const [, , eventFile = ''] = process.argv;
const { headers, body, isBase64Encoded, rawPath } = Object(
  JSON.parse(readFileSync(eventFile, 'utf8')),
);
const form = new URLSearchParams(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString());
const fields = Object.fromEntries(form);
const request = {
  protocol: 'https',
  originalUrl: rawPath,
  url: rawPath,
  headers,
  header: (name: string): string | undefined => headers[name.toLowerCase()],
  body: fields,
};
const reject = { type: () => reject, status: () => reject, send: () => process.exit(1) };

const verify: (...args: unknown[]) => void = Object(twilio).webhook(
  { protocol: 'https', host: headers.host },
  await readSecret(),
);
verify(request, reject, async () => {
  await putEvent('twilio.com', 'twilio-webhook-lambda', JSON.stringify(fields));
  printFigures();
  process.exit(0);
});
