import { formatMs, plural } from '../../format.ts';
import { textIn } from '../links.ts';
import type { LogLine } from '../logs.ts';
import { failure, inParentheses, numberIn, say, type Told } from './told.ts';

/** `PATCH Case 500…`: what was asked of Salesforce. A mapping can ask several things: `Request for 500…`. */
function requestOf(line: LogLine): string {
  const [action, recordId] = [textIn(line, 'action'), textIn(line, 'recordId')];
  if (action === undefined) return recordId === undefined ? 'Request' : `Request for ${recordId}`;
  return say(action, textIn(line, 'object') ?? textIn(line, 'resource'), recordId);
}

function callOf(line: LogLine): string | false {
  const status = numberIn(line, 'status');
  const requests = numberIn(line, 'callRequests') ?? 0;
  return inParentheses(
    status === undefined ? undefined : `HTTP ${status}`,
    requests > 1 ? `one API call with ${plural(requests - 1, 'other request')}` : undefined,
  );
}

const mapped = (line: LogLine): Told[] => {
  const name = textIn(line, 'mapping');
  return name === undefined
    ? []
    : [{ kind: 'mapped', where: 'Mappings', text: `Mapping ${name} applies` }];
};

/** How long the message waited before apicall received it for the first time. */
const queued = (line: LogLine): Told[] => {
  const ms = numberIn(line, 'queuedMs');
  return ms === undefined
    ? []
    : [{ kind: 'queued', where: 'ApiCallQueue', text: `Waited ${formatMs(ms)} in ApiCallQueue` }];
};

const replied = (line: LogLine): Told[] =>
  textIn(line, 'replyId') === undefined
    ? []
    : [{ kind: 'replied', where: 'EventBus', text: 'Reply published' }];

export const succeeded = (line: LogLine): Told[] => [
  ...queued(line),
  ...mapped(line),
  { kind: 'called', where: 'Salesforce', text: say(requestOf(line), 'succeeded', callOf(line)) },
  ...replied(line),
];

const inSeconds = (line: LogLine): string | false => {
  const seconds = numberIn(line, 'delaySeconds');
  return seconds !== undefined && `in ${seconds} s`;
};

function nextOf(line: LogLine): string | false {
  const disposition = textIn(line, 'disposition');
  if (disposition === 'retry') return say('; next attempt', inSeconds(line));
  return disposition === 'dead-letter' && '; no further attempt';
}

export function failed(line: LogLine): Told[] {
  const [step, place] = [textIn(line, 'step'), textIn(line, 'place')];
  const what = say(
    requestOf(line),
    'failed:',
    textIn(line, 'errorCode'),
    `(class ${textIn(line, 'class')})`,
    step !== undefined && `in step ${step}`,
    place !== undefined && `at ${place}`,
    callOf(line),
  );
  const text = `${what}${nextOf(line) || ''}`;
  return [
    ...queued(line),
    ...mapped(line),
    { kind: 'failed', where: 'Salesforce', text, isFailure: true },
    ...replied(line),
  ];
}

const waits: Readonly<Record<string, string>> = {
  wait: 'the circuit breaker is open, API calls are paused, or another invocation makes the request',
  'not-started': 'too little time was left in the invocation',
};

export const deferred = (line: LogLine): Told[] => {
  const reason = textIn(line, 'reason') ?? '';
  const text = say(
    `No API call yet: ${waits[reason] ?? reason}`,
    numberIn(line, 'delaySeconds') !== undefined && '; next attempt',
    inSeconds(line),
  ).replace(' ;', ';');
  return [...queued(line), { kind: 'deferred', where: line.logicalId, text }];
};

export const notMapped = (line: LogLine): Told[] => {
  const isSpread = textIn(line, 'reason') === 'several mappings';
  const text = isSpread
    ? 'Several mappings apply: one message for each'
    : 'No mapping applies: no API call';
  return [...queued(line), { kind: 'mapped', where: 'Mappings', text }];
};

export const deadLettered = (line: LogLine): Told[] => [
  failure(
    'dead-lettered',
    'ApiCallDlq',
    say('In ApiCallDlq after', plural(numberIn(line, 'attempts') ?? 1, 'attempt')),
  ),
];
