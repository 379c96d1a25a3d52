import { describe, expect, it } from 'vitest';
import {
  CommandError,
  formatCursor,
  parseCommand,
} from '../../../functions/dlq-reprocessor/command.ts';

describe('a command', () => {
  it('has defaults, so that an empty event redrives everything', () => {
    expect(parseCommand({})).toMatchObject({ action: 'redrive', filter: {}, dryRun: false });
    expect(parseCommand(undefined)).toEqual(parseCommand({}));
  });

  it.each([
    { action: 'redrive', queue: 'all' },
    { action: 'redrive', queue: 'all', unattended: true },
    { action: 'status', limit: 500 },
    { action: 'preview', filter: { reason: 'permanent', olderThanSeconds: 0 } },
    { action: 'redrive', force: true, filter: { errorCode: 'UNABLE_TO_LOCK_ROW' } },
    { action: 'redrive', dryRun: true, ratePerSecond: 500 },
    { action: 'park', queue: 'rule', filter: { path: { '$.detail-type': 'x', '$.a[0].b': null } } },
    { action: 'park', filter: { olderThanSeconds: 60, newerThanSeconds: 61 } },
    { action: 'unpark', filter: { key: 'parked/' } },
    { action: 'unpark', filter: { id: ['a-1'] }, applied: true, recordId: '003000000000001' },
    { action: 'unpark', filter: { reason: 'OUTCOME_UNKNOWN' }, notApplied: true },
    { action: 'unpark', dryRun: true },
    { action: 'unpark', filter: { key: 'dropped/2026-11-28/' } },
    { action: 'drop', filter: { object: 'Case' }, dropReason: 'a duplicate', droppedBy: 'me' },
    { action: 'drop', queue: 'parked', filter: { key: 'parked/PERMANENT/' }, dropReason: 'old' },
    { action: 'drop', force: true, filter: { id: ['a-1'] }, dropReason: 'old' },
    { action: 'drop', dryRun: true },
    { action: 'redrive', only: 'park' },
  ])('%j is accepted', (event) => expect(parseCommand(event)).toMatchObject(event));

  it.each([
    ['preview', true],
    ['status', true],
    ['redrive', false],
  ])('%s is a dry run: %s', (action, dryRun) =>
    expect(parseCommand({ action }).dryRun).toBe(dryRun),
  );

  it.each<[object | string, RegExp]>([
    [{ action: 'purge' }, /action/],
    [{ queue: 'other' }, /queue/],
    [{ limit: 501 }, /limit/],
    [{ limit: 0 }, /limit/],
    [{ ratePerSecond: 501 }, /ratePerSecond/],
    [{ force: 'yes' }, /force/],
    [{ colour: 'red' }, /colour/],
    [{ filter: { colour: 'red' } }, /colour/],
    [{ filter: { reason: 'SOMEHOW' } }, /PERMANENT.*retry-soon/],
    [{ filter: { olderThanSeconds: -1 } }, /olderThanSeconds/],
    [{ filter: { olderThanSeconds: 60, newerThanSeconds: 60 } }, /below/],
    [{ filter: { path: { 'a.b': 1 } } }, /paths such as/],
    [{ filter: { path: { '$.a[*]': 1 } } }, /paths such as/],
    [{ filter: { path: { '$.a': { b: 1 } } } }, /path/],
    [{ filter: { id: [] } }, /id/],
    [{ filter: { id: Array.from({ length: 101 }, String) } }, /id/],
    [{ filter: { id: ['a b'] } }, /MessageId/],
    [{ filter: { key: 'parked/' } }, /filter\.key/],
    [{ action: 'unpark', filter: { key: 'elsewhere/' } }, /key/],
    [{ action: 'unpark' }, /filter/],
    [{ action: 'unpark', queue: 'rule', filter: { key: 'parked/' } }, /queue/],
    [{ action: 'unpark', filter: { key: 'parked/' }, applied: true, notApplied: true }, /exclude/],
    [{ action: 'unpark', filter: { key: 'parked/' }, recordId: '003000000000001' }, /recordId/],
    [{ action: 'unpark', filter: { key: 'parked/' }, applied: true, recordId: 'x' }, /recordId/],
    [{ applied: true }, /unpark/],
    [{ force: true }, /force/],
    [{ force: true, filter: { olderThanSeconds: 1 } }, /force/],
    [{ action: 'park', force: true, filter: { object: 'Case' } }, /force/],
    [{ action: 'drop', dropReason: 'old' }, /filter/],
    [{ action: 'drop', filter: { object: 'Case' } }, /dropReason: is missing/],
    [{ action: 'drop', filter: { key: 'parked/' }, dropReason: 'old' }, /filter\.key/],
    [{ action: 'drop', queue: 'parked', filter: { key: 'dropped/' }, dropReason: 'x' }, /unparked/],
    [{ action: 'redrive', queue: 'parked' }, /parked is for drop only/],
    [{ action: 'park', only: 'park' }, /only: is for redrive/],
    [{ dropReason: 'old' }, /are for drop only/],
    [{ unattended: true, limit: 5 }, /unattended/],
    [{ cursor: 'x' }, /cursor/],
    [{ cursor: Buffer.from('{"done":["other"]}').toString('base64url') }, /cursor/],
    ['redrive', /expected object/],
  ])('%j is rejected by the name of the field', (event, named) => {
    expect(() => parseCommand(event)).toThrow(CommandError);
    expect(() => parseCommand(event)).toThrow(named);
  });

  it('names every problem at once', () => {
    expect(() => parseCommand({ action: 'park', force: true, applied: true })).toThrow(
      /force: is for[\s\S]*applied and notApplied: are for/,
    );
    expect(() => parseCommand({ limit: 0, queue: 'x' })).toThrow(
      /queue[\s\S]*limit|limit[\s\S]*queue/,
    );
  });

  it('continues with the cursor of the report before', () => {
    const cursor = { done: ['rule' as const], seen: { apicall: 'abc' }, after: 'parked/x' };
    expect(parseCommand({ cursor: formatCursor(cursor) }).cursor).toEqual(cursor);
  });
});
