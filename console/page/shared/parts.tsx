import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../../server/errors.ts';

/** Names of missing.css. */
export type Tone = 'ok' | 'bad' | 'warn' | 'plain';

/** A state in words; the colour only repeats it. */
export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`chip color ${tone}`}>{children}</span>
);

/** A button that copies `text`. `what` completes "Copy …" for screen readers. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [state, setState] = useState('Copy');
  const copy = async (): Promise<void> => {
    const write = navigator.clipboard.writeText(text);
    setState(await write.then(() => 'Copied').catch(() => 'Not copied'));
    setTimeout(setState, 2000, 'Copy');
  };
  return (
    <button type="button" class="copy" aria-label={`Copy ${what}`} onClick={copy}>
      <span aria-live="polite">{state}</span>
    </button>
  );
}

/** An id that can be copied. */
export const Id = ({ id, what }: { readonly id: string; readonly what: string }) => (
  <span class="id">
    <code title={id}>{id}</code>
    <Copy text={id} what={what} />
  </span>
);

/** Text as it is: a payload, a request, an event. */
export const Text = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <div class="box">
    <Copy text={text} what={label} />
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
    <section aria-label={label} tabIndex={0} class="text">
      <pre>{text}</pre>
    </section>
  </div>
);

/** JSON with indents; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Names and values. Values that are empty are left out. */
export function Facts({ facts }: { readonly facts: Readonly<Record<string, ComponentChildren>> }) {
  const given = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return (
    <dl class="facts">
      {given.map(([name, value]) => (
        <div key={name} class="contents">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const titles: Readonly<Record<Problem['kind'], string>> = {
  unauthorized: "This page has no valid token. Open the address that the console's start printed.",
  forbidden: 'The server refused this request.',
  'not found': 'Not found.',
  invalid: "That can't be done as it is.",
  'read-only': 'This console only reads.',
  'no credentials': 'No AWS credentials.',
  'expired credentials': 'The AWS credentials have expired.',
  'access denied': 'AWS denies access.',
  unreachable: 'No answer.',
  throttled: 'AWS asks for fewer requests.',
  failed: 'That failed.',
};

/** A command to copy, or advice in words. */
const Remedy = ({ text }: { readonly text: string }) =>
  /^(npm|npx|aws|sam) /.test(text) ? (
    <p>
      <code>{text}</code> <Copy text={text} what="command" />
    </p>
  ) : (
    <p>{text}</p>
  );

/** What went wrong, and what to do. Screen readers announce it when it appears. */
export const ProblemNote = ({ problem }: { readonly problem: Problem }) => (
  <div class="box color bad" role="alert">
    <strong>{titles[problem.kind]}</strong>
    <p>{problem.message}</p>
    {problem.remedy !== undefined && <Remedy text={problem.remedy} />}
  </div>
);

/** Stands for data that is not there yet, or is none; with the command that would make some. */
export const Placeholder = ({ text, command }: { text: string; command?: string }) => (
  <div class="center muted">
    <p>{text}</p>
    {command && <Remedy text={command} />}
  </div>
);

interface LoadedProps<T> {
  readonly of: { readonly data?: T; readonly problem?: Problem };
  readonly children: (data: T) => ComponentChildren;
}

/** The problem of a reading, and its data or, before the first answer, that it is being read. */
export function Loaded<T>({ of: { data, problem }, children }: LoadedProps<T>) {
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {data !== undefined && children(data)}
      {data === undefined && !problem && <Placeholder text="Reading…" />}
    </>
  );
}

/** Such as "1 message", "3 messages". */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** Value → text. */
  readonly options: Readonly<Record<string, string>>;
  readonly choose?: (value: string) => void;
  /** In a dialog. */
  readonly name?: string;
}

/** A labelled list to choose from. */
export const Choice = ({ label, value, options, choose, name }: ChoiceProps) => (
  <label>
    {label}{' '}
    <select {...{ name, value }} onChange={({ currentTarget }) => choose?.(currentTarget.value)}>
      {Object.entries(options).map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  </label>
);
