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

/** `Mapping order-to-records`; nothing for a request. */
const mappingOf = (line: LogLine): string | undefined => {
  const name = textIn(line, 'mapping');
  return name === undefined ? undefined : `Mapping ${name}`;
};

/** How long the message waited before apicall received it for the first time. */
const queued = (line: LogLine): Told[] => {
  const ms = numberIn(line, 'queuedMs');
  return ms === undefined
    ? []
    : [{ kind: 'queued', where: 'ApiCallQueue', text: `Waited ${formatMs(ms)} in ApiCallQueue` }];
};

const replied = (line: LogLine): Told[] => {
  if (textIn(line, 'replyId') === undefined) return [];
  const mapping = textIn(line, 'mapping');
  const text = say('Reply', mapping && `of mapping ${mapping}`, 'published');
  return [{ kind: 'replied', where: 'EventBus', text }];
};

/** A mapping's steps, with their records; or what was asked of Salesforce. */
function successOf(line: LogLine): string {
  const mapping = mappingOf(line);
  if (mapping === undefined) return say(requestOf(line), 'succeeded', callOf(line));
  const steps = textIn(line, 'steps');
  return steps === undefined ? `${mapping} succeeded` : `${mapping} succeeded: ${steps}`;
}

export const succeeded = (line: LogLine): Told[] => [
  ...queued(line),
  { kind: 'called', where: 'Salesforce', text: successOf(line) },
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
    mappingOf(line) ?? requestOf(line),
    'failed:',
    textIn(line, 'errorCode'),
    `(class ${textIn(line, 'class')})`,
    step !== undefined && `in step ${step}`,
    place !== undefined && `at ${place}`,
    inParentheses(textIn(line, 'steps')),
    callOf(line),
  );
  const text = `${what}${nextOf(line) || ''}`;
  return [
    ...queued(line),
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
  const mapping = mappingOf(line);
  const what = mapping === undefined ? 'No API call yet' : `${mapping} waits`;
  const text = say(
    `${what}: ${waits[reason] ?? reason}`,
    inParentheses(textIn(line, 'steps')),
    numberIn(line, 'delaySeconds') !== undefined && '; next attempt',
    inSeconds(line),
  ).replace(' ;', ';');
  return [...queued(line), { kind: 'deferred', where: line.logicalId, text }];
};

export const notMapped = (line: LogLine): Told[] => {
  const isSpread = textIn(line, 'reason') === 'several mappings';
  const text = isSpread
    ? 'Several mappings match: one message for each'
    : 'Ignored: no mapping that is switched on (parameter Mappings) matches';
  return [...queued(line), { kind: 'mapped', where: 'Mappings', text }];
};

export const deadLettered = (line: LogLine): Told[] => [
  failure(
    'dead-lettered',
    'ApiCallDlq',
    say('In ApiCallDlq after', plural(numberIn(line, 'attempts') ?? 1, 'attempt')),
  ),
];
