import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Rates } from '../../api.ts';
import { type Zone, ZoneContext } from '../shared/time.tsx';

const HEIGHT = 200;

/** Colours are variables of style.css; dashes tell lines apart without them. */
const series = [
  { key: 'accepted', name: 'Webhooks accepted', colour: '--accent', dash: [] },
  { key: 'succeeded', name: 'Requests succeeded', colour: '--good', dash: [6, 3] },
  { key: 'failed', name: 'Attempts failed', colour: '--warn', dash: [] },
  { key: 'deadLettered', name: 'Dead-lettered', colour: '--bad', dash: [2, 3] },
  { key: 'rejected', name: 'Webhooks rejected', colour: '--muted', dash: [8, 3, 2, 3] },
] as const;

const colourOf = (element: Element | null): string =>
  element === null ? 'gray' : getComputedStyle(element).color;

function optionsOf(
  figure: HTMLElement,
  zone: Zone,
  onHover: (index?: number) => void,
): uPlot.Options {
  const host = figure.querySelector('.plot');
  const text = colourOf(figure);
  const grid = { stroke: colourOf(figure.querySelector('.line')), width: 1 };
  const axis = { stroke: text, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  return {
    width: host?.clientWidth ?? 0,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false } },
    ...(zone === 'UTC' && { tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'UTC') }),
    axes: [
      { ...axis, values: '{HH}:{mm}' },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 1e4] },
    ],
    scales: { y: { range: (_, __, max) => [0, Math.max(5, max * 1.1)] } },
    series: [
      {},
      ...series.map(({ key, dash }) => ({
        stroke: colourOf(figure.querySelector(`.${key}`)),
        width: 1.5,
        dash: [...dash],
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? undefined)] },
  };
}

/** Counts per minute. The legend has the sums, or the figures of the minute under the pointer. */
export function Chart({ rates }: { readonly rates: Rates }) {
  const figure = useRef<HTMLElement>(null);
  const zone = useContext(ZoneContext);
  const [hovered, setHovered] = useState<number>();
  useEffect(() => {
    const host = figure.current?.querySelector('.plot');
    if (!figure.current || !(host instanceof HTMLElement)) return;
    const data = [
      [...rates.minutes],
      ...series.map(({ key }) => [...rates[key]]),
    ] as uPlot.AlignedData;
    const element = figure.current;
    let chart: uPlot | undefined;
    const draw = (): void => {
      chart?.destroy();
      chart = new uPlot(optionsOf(element, zone, setHovered), data, host);
    };
    const observer = new ResizeObserver(draw);
    observer.observe(host);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', draw);
      chart?.destroy();
    };
  }, [rates, zone]);
  const countOf = (key: (typeof series)[number]['key']): number =>
    hovered === undefined
      ? rates[key].reduce((sum, one) => sum + one, 0)
      : (rates[key][hovered] ?? 0);
  return (
    <figure ref={figure}>
      <div class="plot" aria-hidden="true" />
      <span class="line" style={{ color: 'var(--line)' }} />
      <figcaption>
        <ul class="row">
          {series.map(({ key, name, colour }) => (
            <li key={key}>
              <span
                class={`swatch ${key}`}
                style={{ color: `var(${colour})` }}
                aria-hidden="true"
              />{' '}
              {name} <strong>{countOf(key).toLocaleString('en')}</strong>
            </li>
          ))}
        </ul>
        {rates.costUsd > 0 && <p class="muted">Reading this costs ${rates.costUsd.toFixed(5)}.</p>}
      </figcaption>
    </figure>
  );
}
