import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Rates } from '../../api.ts';
import { type Zone, ZoneContext } from '../shared/time.tsx';

const HEIGHT = 200;

/** Colours are those of tones; dashes tell lines apart without them. */
const series = [
  { key: 'accepted', name: 'Webhooks accepted', tone: 'plain', dash: [] },
  { key: 'succeeded', name: 'Requests succeeded', tone: 'ok', dash: [6, 3] },
  { key: 'failed', name: 'Attempts failed', tone: 'warn', dash: [] },
  { key: 'deadLettered', name: 'Dead-lettered', tone: 'bad', dash: [2, 3] },
  { key: 'rejected', name: 'Webhooks rejected', tone: 'muted', dash: [8, 3, 2, 3] },
] as const;

function optionsOf(
  figure: HTMLElement,
  zone: Zone,
  onHover: (index?: number) => void,
): uPlot.Options {
  const { color, borderTopColor } = getComputedStyle(figure);
  const swatches = figure.querySelectorAll('.color');
  const grid = { stroke: borderTopColor, width: 0.5 };
  const axis = { stroke: color, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  return {
    width: figure.querySelector('.plot')?.clientWidth ?? 0,
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
      ...series.map(({ dash }, index) => ({
        stroke: swatches[index] ? getComputedStyle(swatches[index]).color : color,
        width: 1.5,
        dash: [...dash],
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? undefined)] },
  };
}

/** Draws the lines in the figure, again when its size or the colours change. `hovered`: index of the minute under the pointer. */
function usePlot(rates: Rates) {
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
  return { figure, hovered };
}

/** Counts per minute. The legend has the sums, or the figures of the minute under the pointer. */
export function Chart({ rates }: { readonly rates: Rates }) {
  const { figure, hovered } = usePlot(rates);
  const countOf = (key: (typeof series)[number]['key']): number =>
    hovered === undefined
      ? rates[key].reduce((sum, one) => sum + one, 0)
      : (rates[key][hovered] ?? 0);
  return (
    <figure ref={figure}>
      <div class="plot" aria-hidden="true" />
      <figcaption>
        <ul class="tool-bar">
          {series.map(({ key, name, tone }) => (
            <li key={key}>
              <span class={`color ${tone}`} aria-hidden="true">
                ━
              </span>{' '}
              {name} <strong>{countOf(key).toLocaleString('en')}</strong>
            </li>
          ))}
        </ul>
        {rates.costUsd > 0 && <p class="muted">Reading this costs ${rates.costUsd.toFixed(5)}.</p>}
      </figcaption>
    </figure>
  );
}
