import { describe, expect, it } from 'vitest';
import { run } from '../harness.ts';

describe('$date', () => {
  it.each([
    ['2026-11-27T23:30:00Z', 'Europe/Vienna', '2026-11-28'],
    ['2026-11-28T03:30:00Z', 'America/New_York', '2026-11-27'],
    ['2026-11-27T23:30:00.123456+05:00', 'UTC', '2026-11-27'],
    ['2026-11-27 23:30:00+0500', 'UTC', '2026-11-27'],
    ['2026-11-27', 'Asia/Tokyo', '2026-11-27'],
    ['0099-12-31T23:30:00Z', 'UTC', '0099-12-31'],
  ])('gives the day of %s in %s', async (time, zone, day) => {
    expect(await run('$date(t, z)', { t: time, z: zone })).toBe(day);
  });

  it('gives nothing for nothing, null for null, and the day in UTC without a zone', async () => {
    expect(await run('$date(none, "UTC")')).toBeUndefined();
    expect(await run('$date(null, "UTC")')).toBeNull();
    expect(await run('$date("2026-11-27T23:30:00-05:00")')).toBe('2026-11-28');
    expect(await run('$date("2024-02-29T23:30:00-05:00")')).toBe('2024-03-01');
    expect(await run('$date("2026-12-31T10:00:00Z", "Pacific/Kiritimati")')).toBe('2027-01-01');
  });

  it.each([
    ['$date("2026-11-27T23:30:00", "UTC")', 'with an offset'],
    ['$date("2026-13-45", "UTC")', 'with an offset'],
    ['$date("2026-02-29", "UTC")', 'with an offset'],
    ['$date("2026-02-29T10:00:00Z", "UTC")', 'with an offset'],
    ['$date("2026-04-31T23:00:00-05:00")', 'with an offset'],
    ['$date("0000-01-01T00:00:00Z")', 'with an offset'],
    ['$date("", "UTC")', 'with an offset'],
    ['$date(1764200000000, "UTC")', '$fromMillis'],
    ['$date("2026-11-27T23:30:00Z", "Vienna")', 'IANA'],
    ['$date("2026-11-27T23:30:00Z", 1)', 'time zone'],
  ])('%s fails', async (source, message) => {
    await expect(run(source)).rejects.toThrow(message);
  });
});

describe('$phone', () => {
  it('gives the spellings of a number in E.164', async () => {
    expect(await run('$phone("+14155550123")')).toEqual([
      '+14155550123',
      '+1 415 555 0123',
      '(415) 555-0123',
      '+1-415-555-0123',
      '+1.415.555.0123',
      '415 555 0123',
      '415-555-0123',
      '415.555.0123',
      '4155550123',
      '14155550123',
      '0014155550123',
      '001 415 555 0123',
      '+1 (415) 555-0123',
      '1 (415) 555-0123',
      '1-415-555-0123',
    ]);
  });

  it('gives the same spellings for each of them, with the country where it is needed', async () => {
    const one = Object(await run('$phone("+436601234567")'));
    for (const spelling of ['0660 1234567', '06601234567', '+43 660 1234567'])
      expect(new Set(Object(await run('$phone(x, "AT")', { x: spelling })))).toEqual(
        new Set([...one, spelling]),
      );
    expect(one).toContain('+43 660 1234567');
    expect(one).toContain('0660 1234567');
    expect(one).toContain('+43-660-1234567');
  });

  it('finds the number in the addresses of channels', async () => {
    expect(await run('"+14155550123" in $phone("whatsapp:+14155550123")')).toBe(true);
  });

  it('gives a text that is no number as it is, and nothing for nothing', async () => {
    expect(await run('$phone("12345")[]')).toEqual(['12345']);
    expect(await run('$phone(" VODAFONE ")[]')).toEqual(['VODAFONE']);
    expect(await run('$phone(none)')).toBeUndefined();
    expect(await run('$phone("  ")')).toBeUndefined();
    expect(await run('$phone(null)')).toBeUndefined();
  });

  it('refuses what is neither', async () => {
    await expect(run('$phone(14155550123)')).rejects.toThrow('$string');
    await expect(run('$phone("0660 1234567", "Austria")')).rejects.toThrow('country such as');
  });
});

describe('functions of JSONata that are bounded', () => {
  it('do what they did within their bounds', async () => {
    expect(await run('$pad("x", -3, "#")')).toBe('##x');
    expect(await run('$join(["a", "b"], "-")')).toBe('a-b');
    expect(await run('$replace("John Smith", /(\\w+)\\s(\\w+)/, "$2, $1")')).toBe('Smith, John');
    expect(await run('$replace("a.b.c", ".", "", 1)')).toBe('ab.c');
    expect(
      await run('$replace("265USD", /(\\d+)([A-Z]+)?(x)?/, function($m) { $m.groups[0] })'),
    ).toBe('265');
    expect(await run('{"a": 1} ~> |$|{"b": 2}|')).toEqual({ a: 1, b: 2 });
    expect(await run('$string({"a": [1, "b", null]})')).toBe('{"a":[1,"b",null]}');
    expect(await run('$string([1], true)')).toBe('[\n  1\n]');
    expect(await run('[1.5, true, "x"].$string()')).toEqual(['1.5', 'true', 'x']);
    expect(await run('$string($uppercase)')).toBe('');
    expect(await run('$type([])')).toBe('array');
  });

  it('replace by named groups and flags as RE2 reads them', async () => {
    expect(await run('$match("ABC-12", /(?<word>[a-z]+)-(\\d+)/i).groups')).toEqual(['ABC', '12']);
    expect(await run('$split("a, b;c", /[,;]\\s*/)')).toEqual(['a', 'b', 'c']);
  });
});
