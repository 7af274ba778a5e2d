import test from 'ava';
import { pageOf } from '../../src/evaluate/report/page.ts';
import type { Report } from '../../src/evaluate/report/report.ts';
import { reportLines } from '../../src/evaluate/report/text.ts';
import { interval, oneIn, percent } from '../../src/evaluate/report/words.ts';

const report: Report = {
  title: 'A & B <side by side>',
  facts: [['pictures', '2 of "one" person']],
  headlines: [{ label: 'right answers', value: '99 %', note: 'of a few' }],
  summary: ['One sentence </script> that tries to get out.'],
  sections: [
    {
      heading: 'A section',
      explain: 'How to read it.',
      charts: [
        {
          title: 'A chart',
          x: { label: '</script><!-- x', logarithmic: true },
          y: { label: 'y' },
          lines: [{ label: 'a', points: [[0.1, 0.2]], band: [[0.1, 0.15, 0.25]] }],
        },
      ],
      tables: [{ columns: ['', 'a'], rows: [['row', ['1 %', '0 – 2 %']]], note: 'Few.' }],
    },
    { heading: 'Only a chart', explain: '', tables: [] },
  ],
};

test('whatever a report says stays text, and its data stay data', async (t) => {
  const html = await pageOf(report);
  t.regex(html, /A &#38; B &#60;side by side&#62;/);
  t.regex(html, /One sentence &#60;\/script&#62; that/);
  t.is(html.match(/<\/script>/g)?.length, 3);
  const [, data] = /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(html)!;
  t.deepEqual(JSON.parse(data!), report.sections[0]!.charts);
});

test('a terminal gets the same without charts, intervals in brackets', (t) => {
  const plain = { bold: (text: string) => text, dim: (text: string) => text };
  const lines = reportLines(report, (rows) => rows.map((row) => row.join(' | ')), plain);
  t.true(lines.includes('  row | 1 % (0 – 2 %)'));
  t.true(lines.includes('  Few.'));
  t.false(lines.includes('Only a chart'));
});

test('figures read as people write them', (t) => {
  t.is(percent(0.99111), '99.11 %');
  t.is(percent(0), '0.00 %');
  t.is(percent(0.000023), '0.0023 %');
  t.is(percent(Number.NaN), '–');
  t.is(interval([0.9818, 1]), '98.18 – 100.00 %');
  t.is(oneIn(1e-3), '1 in 1,000');
  t.is(oneIn(7.244e-6), '1 in 138,000');
  t.is(oneIn(0), 'none');
});
