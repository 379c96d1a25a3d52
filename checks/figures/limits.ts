import type { Room } from './rooms.ts';

/** The house style's figures (CONTRIBUTING.md, "size" and "types"). */
export const limits = { medianLines: 80, largestLines: 250, medianFunctionLines: 12 } as const;

/** What is wrong; nothing where the limit is met. */
type Rule = (room: Room) => string | false;

const medianOfFiles: Rule = ({ medianLines }) =>
  medianLines > limits.medianLines &&
  `files have ${medianLines} lines in the median, ${limits.medianLines} at most`;

const largestFile: Rule = ({ largest: { file, lines } }) =>
  lines > limits.largestLines &&
  `${file} has ${lines} lines, ${limits.largestLines} at most: split it`;

const medianOfFunctions: Rule = ({ medianFunctionLines }) =>
  medianFunctionLines > limits.medianFunctionLines &&
  `functions have ${medianFunctionLines} lines in the median, ${limits.medianFunctionLines} at most`;

const noAny: Rule = ({ any }) =>
  any.length > 0 && `any: ${any.join(', ')}. Take unknown, and narrow it by a parse function`;

const noNonNull: Rule = ({ nonNull }) =>
  nonNull.length > 0 && `non-null assertion (!): ${nonNull.join(', ')}. Handle what is missing`;

const everywhere = [medianOfFunctions, noAny, noNonNull];

/** A test file is as long as its cases are many: its lines count in the median of all files only. */
const rulesOf = ({ name }: Room): readonly Rule[] =>
  name === 'test/' ? everywhere : [medianOfFiles, largestFile, ...everywhere];

const broken = (room: Room, rules: readonly Rule[]): string[] =>
  rules.flatMap((rule) => {
    const problem = rule(room);
    return problem === false ? [] : [`${room.name}: ${problem}`];
  });

/** What of the rooms, and of all files together, is over the limits, in words; nothing where they are met. */
export const unmet = (rooms: readonly Room[], all: Room): string[] => [
  ...rooms.flatMap((room) => broken(room, rulesOf(room))),
  ...broken(all, [medianOfFiles]),
];
