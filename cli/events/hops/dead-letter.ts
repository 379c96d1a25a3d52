import { textIn } from '../links.ts';
import type { LogLine } from '../logs.ts';
import type { HopKind } from '../trace.ts';
import { failure, inParentheses, say, type Told } from './told.ts';

const places: Readonly<Record<string, string>> = {
  apicall: 'ApiCallDlq',
  rule: 'RuleDlq',
  spill: 'SpillQueue',
  parked: 'ParkBucket',
};

const placeOf = (line: LogLine): string => {
  const queue = textIn(line, 'queue') ?? '';
  return places[queue] ?? queue;
};

function redriven(line: LogLine): Told[] {
  const [place, rule] = [placeOf(line), textIn(line, 'rule')];
  const to =
    textIn(line, 'sentMessageId') !== undefined
      ? 'to ApiCallQueue'
      : rule !== undefined
        ? `to the target of rule ${rule}`
        : 'to its bus';
  return place === 'ParkBucket'
    ? [{ kind: 'unparked', where: place, text: `Unparked ${to}` }]
    : [{ kind: 'redriven', where: place, text: `Redriven from ${place} ${to}` }];
}

const results: Readonly<Record<string, { readonly kind: HopKind; readonly text: string }>> = {
  wait: { kind: 'waiting', text: 'Not due yet: it waits' },
  park: { kind: 'parked', text: 'Parked' },
  refuse: { kind: 'waiting', text: 'Left where it is' },
  drop: { kind: 'dropped', text: 'Dropped' },
};

export function processed(line: LogLine): Told[] {
  const result = textIn(line, 'result') ?? '';
  if (result === 'redrive') return redriven(line);
  const { kind, text } = results[result] ?? { kind: 'waiting', text: result };
  const reason = textIn(line, 'reason');
  const why = inParentheses(reason === 'dropped' ? undefined : reason, textIn(line, 'errorCode'));
  const isParked = kind === 'parked' || placeOf(line) === 'ParkBucket';
  return [
    {
      kind: kind === 'waiting' && isParked ? 'parked' : kind,
      where: isParked ? 'ParkBucket' : placeOf(line),
      text: say(text, why),
      ...(kind === 'parked' && { isFailure: true }),
    },
  ];
}

export const notDispatched = (line: LogLine): Told[] => [
  failure(
    'failed',
    placeOf(line),
    say('Neither redriven nor parked', inParentheses(textIn(line, 'errorCode'))),
  ),
];
