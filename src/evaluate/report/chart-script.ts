/**
 * What draws the charts in the reader's browser, as text because it goes into the page. Colours come from the page's
 * style, so charts are drawn anew when day turns to night, when the window changes, and for the printer.
 */
export const chartScript = `
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const places = [...document.querySelectorAll('[data-chart]')];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plain = (value) => Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 });
  const share = (value) => {
    const percent = value * 100;
    return (percent >= 0.001 || percent === 0 ? plain(percent) : percent.toFixed(8).replace(/0+$/, '')) + ' %';
  };
  const words = (axis) => (value) => (value == null ? '–' : axis.percent ? share(value) : plain(value));
  const superscript = (n) => [...String(n)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c])).join('');
  const tick = (axis) => (value) => {
    // uPlot thins the ticks of a logarithmic axis by making them null.
    if (value == null) return '';
    if (!axis.logarithmic) return words(axis)(value);
    const power = Math.log10(value);
    if (Math.abs(power - Math.round(power)) > 1e-6) return '';
    return value >= 0.001 ? words(axis)(value) : '10' + superscript(Math.round(power));
  };

  const axisOf = (axis) => ({
    label: axis.label, labelGap: 2, stroke: colour('--soft'), font: '12px system-ui', labelFont: '12px system-ui',
    grid: { stroke: colour('--grid'), width: 1 }, ticks: { stroke: colour('--grid'), width: 1, size: 4 },
    values: (_, ticks) => ticks.map(tick(axis)),
  });

  const bandsOf = (chart) => chart.lines.flatMap(({ band }, line) => (band ? [{ band, line }] : []));
  const edge = { class: 'aid', width: 0, spanGaps: true, points: { show: false } };

  // A share ends at 100 %; drawn a little further, or the line would lie on the edge.
  const upTo = (axis) => (_, low, high) => {
    const top = high > 0 ? high * 1.05 : 1;
    return [axis.fromZero ? 0 : low === high ? low * 0.9 : low - (high - low) * 0.05, axis.percent && high <= 1 ? Math.min(top, 1.01) : top];
  };

  const optionsOf = (chart, width) => ({
    width, height: 320, legend: { live: true }, cursor: { points: { size: 7 }, drag: { x: true, y: true } },
    scales: {
      x: { time: false, distr: chart.x.logarithmic ? 3 : 1 },
      y: chart.y.logarithmic ? { distr: 3 } : { distr: 1, range: upTo(chart.y) },
    },
    axes: [{ ...axisOf(chart.x), size: 44 }, { ...axisOf(chart.y), size: 64 }],
    series: [
      { label: chart.x.label, value: (_, value) => words(chart.x)(value) },
      ...chart.lines.map((line, i) => ({
        label: line.label, stroke: colour('--line-' + (i % 6)), width: 2, spanGaps: true, points: { show: line.points.length < 12 },
        dash: i >= 6 ? [6, 4] : undefined,
        fill: chart.filled ? colour('--line-' + (i % 6)) + '33' : undefined,
        paths: chart.filled ? uPlot.paths.stepped({ align: 1 }) : undefined,
        value: (_, value) => words(chart.y)(value),
      })),
      ...bandsOf(chart).flatMap(() => [edge, edge]),
    ],
    bands: bandsOf(chart).map(({ line }, i) => {
      const low = 1 + chart.lines.length + 2 * i;
      return { series: [low + 1, low], fill: colour('--line-' + (line % 6)) + '26' };
    }),
  });

  const dataOf = (chart) => {
    const column = (points, i) => points.map((point) => point[i]);
    const tables = [
      ...chart.lines.map(({ points }) => [column(points, 0), column(points, 1)]),
      ...bandsOf(chart).map(({ band }) => [column(band, 0), column(band, 1), column(band, 2)]),
    ];
    return tables.length === 1 ? tables[0] : uPlot.join(tables);
  };

  let drawn = [];
  const draw = () => {
    for (const plot of drawn) plot.destroy();
    drawn = places.map((place) => {
      const chart = charts[Number(place.dataset.chart)];
      if (!chart.lines.some(({ points }) => points.some(([, y]) => y != null))) {
        place.textContent = 'Nothing to draw: wherever a stranger passes, nobody is rejected. More pictures tell more.';
        place.style.minHeight = 0;
        return { destroy() {} };
      }
      return new uPlot(optionsOf(chart, place.clientWidth), dataOf(chart), place);
    });
  };
  draw();
  for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', draw);
  let width = innerWidth;
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; draw(); } });
})();
`;
