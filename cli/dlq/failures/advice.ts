import { membersOf } from '../../../functions/common/config.ts';
import { findPolicy } from '../../../functions/common/failure-policy.ts';
import { PUBLISH_FAILED } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { isParkReason, parkReasonTexts } from '../../../functions/dlq-reprocessor/park/reasons.ts';
import { undelivered } from './undelivered.ts';

/** Links of docs/runbook.md as text: `words (docs/runbook.md#anchor)`. */
const withoutLinks = (markdown: string): string =>
  markdown.replaceAll(/\[([^\]]*)\]\(([^)]*)\)/g, (_link, words: string, target: string) =>
    target.startsWith('#') ? `${words} (docs/runbook.md${target})` : `${words} (docs/${target})`,
  );

const SEE_ALARM = {
  RuleDlq:
    'EventBridge could not deliver it: its message says why. See `RuleDlqAlarm` in docs/runbook.md.',
  SpillQueue: 'See `SpillQueueAlarm` in docs/runbook.md.',
};

/** The sentences about a class and a park reason: the class' own are more specific than those of the reason it is parked for. */
function sentencesFor(failureClass: string, reason: string): string[] {
  const policy = findPolicy(failureClass);
  const ofReason = isParkReason(reason) ? [parkReasonTexts[reason].operatorAction] : [];
  if (policy === undefined) return ofReason;
  const { operatorAction, redrive } = policy;
  if (typeof redrive === 'object' && redrive.park === reason) return [operatorAction];
  const isNone = operatorAction.startsWith('None.') && ofReason.length > 0;
  return isNone ? ofReason : [...ofReason, operatorAction];
}

interface Advised {
  readonly reason: string;
  readonly failureClass?: string;
  readonly errorCode?: string;
  readonly rule?: string;
  readonly mapping?: string;
}

/** What the parameter `Mappings` has to do with a message whose mapping the deployed stack has off. */
function switchOn({ mapping }: Advised, mappings: string | undefined): string[] {
  if (mapping === undefined || mappings === undefined) return [];
  const names = membersOf(mappings);
  if (names.includes('*') || names.includes(mapping)) return [];
  return [
    `The mapping ${mapping} is off: until the parameter \`Mappings\` names it again, a redrive or unpark only parks the message as NO_MAPPING. If it was renamed or deleted, restore it first, or drop the message.`,
  ];
}

/** What EventBridge's error code usually means; nothing for a message that no rule failed to deliver. */
function causeOf({ errorCode = '', rule }: Advised): string[] {
  const known = undelivered.find(({ codes }) => codes.includes(errorCode));
  return rule === undefined || known === undefined ? [] : [known.action];
}

/**
 * What an operator should do about a message: from the tables that docs/runbook.md is generated from.
 *
 * @param mappings the stack's parameter `Mappings`, if it is known.
 */
export function adviceFor(advised: Advised, mappings?: string): string {
  const { reason, failureClass = '', rule } = advised;
  if (failureClass === PUBLISH_FAILED && !isParkReason(reason)) return SEE_ALARM.SpillQueue;
  const sentences = [
    ...switchOn(advised, mappings),
    ...sentencesFor(failureClass, reason),
    ...causeOf(advised),
  ];
  if (sentences.length > 0) return withoutLinks(sentences.join(' '));
  return rule === undefined
    ? 'None: the reprocessor redrives it. If it keeps failing, read the log of the function that failed.'
    : SEE_ALARM.RuleDlq;
}
