import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chartScript } from './chart-script.ts';
import type { Cell, Chart, Headline, Report, Section, Table } from './report.ts';
import { pageStyle } from './style.ts';

/**
 * A report as one HTML file that needs nothing else: the chart library is inside, nothing is fetched, and the page's own
 * policy forbids it to. It opens from a disk, by day and by night, and prints.
 */
export async function pageOf(report: Report): Promise<string> {
  const { library, style } = await chartLibrary();
  const charts = report.sections.flatMap((section) => section.charts ?? []);
  let next = 0;
  const sections = report.sections.map((section) => {
    const first = next;
    next += section.charts?.length ?? 0;
    return sectionHtml(section, first);
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(report.title)}</title>
<style>${style}${pageStyle}</style>
</head>
<body>
<main>
<header>
<p class="brand">limen</p>
<h1>${escaped(report.title)}</h1>
<dl class="facts">${report.facts.map(([label, text]) => `<div><dt>${escaped(label)}</dt><dd>${escaped(text)}</dd></div>`).join('')}</dl>
</header>
<div class="headlines">${report.headlines.map(headlineHtml).join('')}</div>
<section class="summary"><h2>In plain words</h2>${report.summary.map((text) => `<p>${escaped(text)}</p>`).join('')}</section>
${sections.join('\n')}
<footer><p>Figures only: no picture, no template and no name is in this file. Intervals are 95 %.</p></footer>
</main>
<script type="application/json" id="charts">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>
${library}</script>
<script>${chartScript}</script>
</body>
</html>
`;
}

function headlineHtml({ label, value, note }: Headline): string {
  return `<div class="headline"><p class="label">${escaped(label)}</p><p class="value">${escaped(value)}</p><p class="note">${escaped(note)}</p></div>`;
}

function sectionHtml({ heading, explain, charts = [], tables }: Section, firstChart: number): string {
  const figures = charts.map((chart, i) => chartHtml(chart, firstChart + i)).join('');
  return `<section><h2>${escaped(heading)}</h2><p class="explain">${escaped(explain)}</p>${figures && `<div class="charts">${figures}</div>`}${tables.map(tableHtml).join('')}</section>`;
}

function chartHtml({ title }: Chart, index: number): string {
  return `<figure><figcaption>${escaped(title)}</figcaption><div class="chart" data-chart="${index}"></div></figure>`;
}

function tableHtml({ columns, rows, note }: Table): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
  const body = rows
    .map(([label = '', ...cells]) => {
      const rest = cells.map((cell) => `<td>${cellHtml(cell)}</td>`).join('');
      return `<tr><th scope="row">${cellHtml(label)}</th>${rest}</tr>`;
    })
    .join('');
  const below = note === undefined ? '' : `<p class="note">${escaped(note)}</p>`;
  const wide = columns.length > 4 ? ' class="wide"' : '';
  return `<div class="table"><table${wide}><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${below}`;
}

function cellHtml(cell: Cell): string {
  return typeof cell === 'string' ? escaped(cell) : `${escaped(cell[0])} <small>${escaped(cell[1])}</small>`;
}

/** uPlot as its package has it, with its licence, which wants to be where the code is. */
async function chartLibrary(): Promise<{ library: string; style: string }> {
  const folder = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css'));
  const [code, style, licence] = await Promise.all(
    ['uPlot.iife.min.js', 'uPlot.min.css', '../LICENSE'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  // The end tag of a script element ends it wherever it stands.
  return { library: `/*\n${licence}*/\n${code!.replaceAll('</script', '<\\/script')}`, style: style! };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
