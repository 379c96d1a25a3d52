import { root } from '../../local/stack/paths.ts';
import { unmet } from './limits.ts';
import { measure } from './measure.ts';
import { toText } from './report.ts';
import { roomOf, roomsOf } from './rooms.ts';
import { readSources } from './sources.ts';

const measured = [...readSources(root)].map(([file, source]) => measure(file, source));
const rooms = roomsOf(measured);
const all = roomOf('all', measured);
const problems = unmet(rooms, all);
console.log(toText([...rooms, all], problems));
if (problems.length > 0) process.exitCode = 1;
