export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : noun.replace(/y$/, 'ie').concat('s')}`;

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** How long ago, in one unit: `3d`, `5h`, `12m`, `40s`. */
export function ageOf(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  const unit = UNITS.find(([, size]) => seconds >= size);
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit[1])}${unit[0]}`;
}

const isControl = (character: string): boolean =>
  character < ' ' || (character >= '\u007f' && character <= '\u009f');

/** A text of somebody else as it may stand on a terminal: no control characters, not longer than `length`. */
export function plainText(text: string, length: number): string {
  const plain = Array.from(text, (character) => (isControl(character) ? ' ' : character));
  return plain.length > length ? `${plain.slice(0, length).join('')}…` : plain.join('');
}
