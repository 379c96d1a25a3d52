import { describe, expect, it } from 'vitest';
import {
  LoginError,
  SalesforceConfigurationError,
} from '../../../../functions/salesforce-apicall/errors.ts';
import { sqsRecord } from '../harness.ts';
import { answer, busy, create, created, createScene, hourly, invalid, limited } from '../scene.ts';

const record = (messageId: string) => sqsRecord(create(messageId), { messageId });

describe('the circuit breaker', () => {
  const login = new LoginError('invalid_grant', 400, 'user is inactive');
  it('opens at the daily limit: then messages wait without a call and without an attempt', async () => {
    const { calls, clock, counted, delays, deadLetters, run } = createScene({
      respond: () => limited,
    });
    await run([record('first')]);
    expect(counted).toContain('BreakerOpened limit');
    for (let round = 0; round < 9; round += 1)
      expect(await run([record('second')])).toEqual(['second']);
    expect(calls).toHaveLength(1);
    expect(delays.at(-1)?.delaySeconds).toBeGreaterThan(250);
    clock.now += 300_001;
    expect(await run([record('second')])).toEqual(['second']);
    expect(calls).toHaveLength(2);
    expect(deadLetters).toEqual([]);
  });

  it('opens for longer each time, and closes with the first success', async () => {
    let isLimited = true;
    const { calls, clock, run } = createScene({ respond: () => (isLimited ? limited : created) });
    await run([record('a')]);
    clock.now += 300_001;
    await run([record('b')]);
    clock.now += 300_001;
    expect(await run([record('c')])).toEqual(['c']);
    expect(calls).toHaveLength(2);
    clock.now += 300_001;
    isLimited = false;
    expect(await run([record('c')])).toEqual([]);
    isLimited = true;
    await run([record('d')]);
    clock.now += 300_001;
    expect(await run([record('e')])).toEqual(['e']);
    expect(calls).toHaveLength(5);
  });

  it('opens when the login is refused, after one call, however many there are to make', async () => {
    const respond = (): never => {
      throw login;
    };
    const { calls, delays, deadLetters, log, run } = createScene({ respond });
    const heads = Array.from({ length: 40 }, (_, index) =>
      sqsRecord(
        { action: 'HEAD', resource: 'sobjects', object: 'Contact', record: `E__c/${index}` },
        { messageId: `m${index}` },
      ),
    );
    await run(heads);
    expect(calls.length).toBeLessThanOrEqual(5);
    expect(log.text()).toContain('invalid_grant');
    const before = calls.length;
    await run([record('later')]);
    expect(calls).toHaveLength(before);
    // Neither the requests that opened it nor the ones after them are dead-lettered.
    expect(deadLetters).toEqual([]);
    const held = [...heads.map(({ messageId }) => messageId), 'later'];
    expect(delays.map(({ id }) => id).toSorted()).toEqual(held.toSorted());
    expect(Math.min(...delays.map(({ delaySeconds }) => delaySeconds))).toBeGreaterThanOrEqual(59);
  });

  it('opens when the credentials cannot be used, so that requests wait for an administrator', async () => {
    const respond = (): never => {
      throw new SalesforceConfigurationError('The Salesforce secret has no value yet');
    };
    const { deadLetters, run } = createScene({ respond });
    expect(await run([record('early')])).toEqual(['early']);
    expect(deadLetters).toEqual([]);
  });

  it('dead-letters an unreadable message while it is open', async () => {
    const { deadLetters, run } = createScene({ respond: () => limited });
    await run([record('first')]);
    expect(await run([sqsRecord('{', { messageId: 'broken' })])).toEqual([]);
    expect(deadLetters).toMatchObject([{ failure: { correlation: { messageId: 'broken' } } }]);
  });

  it.each([
    ['one record', invalid],
    ['one kind of call', hourly],
  ])('does not open for what concerns %s', async (_what, response) => {
    const { calls, run } = createScene({ respond: () => response });
    await run([record('a')]);
    await run([record('b')]);
    expect(calls).toHaveLength(2);
  });

  it('does not open for the hourly limit of platform events', async () => {
    const over = answer(400, [{ errorCode: 'LIMIT_EXCEEDED', message: 'event publishing limit' }]);
    const { calls, delays, run } = createScene({ respond: () => over });
    await run([record('a')]);
    await run([record('b')]);
    expect(calls).toHaveLength(2);
    expect(delays.every(({ delaySeconds }) => delaySeconds >= 150)).toBe(true);
  });
});

describe('a request of low priority', () => {
  it('waits while more than the threshold of the daily API calls is used, without an attempt', async () => {
    const { calls, deadLetters, delays, run } = createScene({ respond: () => busy });
    const low = { ...create(), priority: 'low' };
    await run([record('first')]);
    for (let round = 0; round < 5; round += 1)
      expect(await run([sqsRecord(low)])).toEqual(['message-1']);
    expect([calls.length, deadLetters]).toEqual([1, []]);
    expect(delays[0]?.delaySeconds).toBeGreaterThanOrEqual(900);
  });
});
