import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { RiskPointTold } from '../../../console/answers/risk.ts';

/** What the two curves say at one place, for whoever does not see them. */
export interface RiskChartProps {
  readonly points: readonly RiskPointTold[];
  /** Which point is looked at, and which one is in force. */
  readonly chosen: number;
  readonly inForce: number;
  readonly says: string;
  /** Somebody pointed at another one. */
  readonly onChoose: (index: number) => void;
}

const heightPx = 320;

/** FPIR and FNIR over τ, each in per cent on a logarithmic scale: what falls on the left rises on the right. */
export function RiskChart(props: RiskChartProps) {
  const { points, chosen, inForce, says, onChoose } = props;
  const here = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const marks = useRef({ chosen, inForce });
  marks.current = { chosen, inForce };
  const choose = useRef(onChoose);
  choose.current = onChoose;
  const shade = useShade();
  useEffect(() => {
    const place = here.current;
    if (place === null) return;
    const options = optionsFor(place, { points, marks: () => marks.current, onChoose: (at) => choose.current(at) });
    const drawn = new uPlot(options, dataOf(points), place);
    plot.current = drawn;
    const watching = new ResizeObserver(() => drawn.setSize({ width: place.clientWidth, height: heightPx }));
    watching.observe(place);
    return () => {
      watching.disconnect();
      drawn.destroy();
    };
  }, [points, shade]);
  useEffect(() => plot.current?.redraw(false), [chosen, inForce]);
  return <div class="risk-chart" ref={here} role="img" aria-label={says} />;
}

/** Light or dark, as the page is now: a canvas does not take its colours from the style sheet. */
function useShade(): string | undefined {
  const { documentElement: page } = document;
  const [shade, setShade] = useState(page.dataset.theme);
  useEffect(() => {
    const watching = new MutationObserver(() => setShade(page.dataset.theme));
    watching.observe(page, { attributes: true, attributeFilter: ['data-theme'] });
    return () => watching.disconnect();
  }, []);
  return shade;
}

/** A logarithm has no zero: where nothing happened there is no line. */
function dataOf(points: readonly RiskPointTold[]): uPlot.AlignedData {
  const perCent = (share: number | undefined) => (share === undefined || share <= 0 ? null : share * 100);
  return [
    points.map(({ threshold }) => threshold),
    points.map(({ fpirBound }) => perCent(fpirBound)),
    points.map(({ expectedFpir }) => perCent(expectedFpir)),
    points.map(({ fnir }) => perCent(fnir?.share)),
  ];
}

function optionsFor(
  place: HTMLElement,
  {
    points,
    marks,
    onChoose,
  }: {
    readonly points: readonly RiskPointTold[];
    readonly marks: () => { readonly chosen: number; readonly inForce: number };
    readonly onChoose: (index: number) => void;
  },
): uPlot.Options {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [line, quiet, strangers, own] = ['--line', '--quiet', '--limen-deny', '--pico-primary'].map(colour) as [
    string,
    string,
    string,
    string,
  ];
  const axis = {
    stroke: quiet,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const perCent = (value: number | null) => (value === null ? '–' : `${Number(value.toPrecision(2))} %`);
  return {
    width: place.clientWidth,
    height: heightPx,
    scales: {
      x: { time: false },
      y: { distr: 3, range: (_plot, low, high) => [Math.max(0.001, low * 0.8), Math.min(100, high * 1.2)] },
    },
    axes: [
      {
        ...axis,
        label: 'τ, the largest distance that is granted',
        labelFont: '12px system-ui, sans-serif',
        labelSize: 22,
      },
      {
        ...axis,
        size: 64,
        grid: { ...axis.grid, filter: powersOfTen },
        ticks: { ...axis.ticks, filter: powersOfTen },
        values: (_plot, values) => values.map((value) => (value === null ? '' : `${value} %`)),
      },
    ],
    legend: { live: false },
    cursor: {
      drag: { x: false, y: false },
      points: { show: false },
      bind: {
        click: (plot) => () => {
          if (plot.cursor.idx != null) onChoose(plot.cursor.idx);
          return null;
        },
      },
    },
    series: [
      { label: 'τ' },
      {
        label: 'Strangers let in, at most (95 %)',
        stroke: strangers,
        width: 1.5,
        dash: [6, 5],
        value: (_plot, value) => perCent(value),
      },
      { label: 'Strangers let in, expected', stroke: strangers, width: 2.5, value: (_plot, value) => perCent(value) },
      { label: 'Own people refused', stroke: own, width: 2.5, value: (_plot, value) => perCent(value) },
    ],
    hooks: {
      draw: [
        (plot) => {
          const { chosen, inForce } = marks();
          mark(plot, points[inForce]?.threshold, { colour: quiet, dash: [4, 4] });
          mark(plot, points[chosen]?.threshold, { colour: colour('--pico-color'), dash: [] });
        },
      ],
    },
  };
}

function powersOfTen(_plot: uPlot, values: number[]): (number | null)[] {
  return values.map((value) => (Math.abs(Math.log10(value) % 1) < 1e-9 ? value : null));
}

function mark(
  plot: uPlot,
  at: number | undefined,
  { colour, dash }: { readonly colour: string; readonly dash: number[] },
): void {
  if (at === undefined) return;
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(at, 'x', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
