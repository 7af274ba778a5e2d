/** The look of a report: paper by day, slate by night, ink when printed. */
export const pageStyle = `
:root {
  --paper: #fbfaf8; --card: #ffffff; --ink: #1c1b1a; --soft: #66625c; --rule: #e3dfd8; --accent: #1d5fd1;
  --line-0: #1d5fd1; --line-1: #d2691e; --line-2: #0f8a6c; --line-3: #9b3fb5; --line-4: #b3261e; --line-5: #6b7280;
  --grid: rgba(40, 35, 25, .09);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --card: #1c1f25; --ink: #ecebe8; --soft: #a29d94; --rule: #30343c; --accent: #7fb0ff;
    --line-0: #7fb0ff; --line-1: #ffa45c; --line-2: #4fd1ac; --line-3: #d79bec; --line-4: #ff8a80; --line-5: #a3acba;
    --grid: rgba(255, 250, 240, .09);
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
.brand { margin: 0; color: var(--accent); font-weight: 650; letter-spacing: .12em; text-transform: uppercase; font-size: .8rem; }
h1 { margin: .2rem 0 1rem; font-size: 2.1rem; line-height: 1.15; font-weight: 680; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 .4rem; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: 0 0 2rem; font-size: .9rem; }
.facts div { display: flex; gap: .5rem; } dt { color: var(--soft); } dd { margin: 0; }
.headlines { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin-bottom: 1rem; }
.headline, section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
.headline { padding: 1rem 1.25rem; } .headline p { margin: 0; }
.headline .label { color: var(--soft); font-size: .85rem; }
.headline .value { font-size: 2rem; font-weight: 680; letter-spacing: -.02em; font-variant-numeric: tabular-nums; line-height: 1.25; }
.headline .note { color: var(--soft); font-size: .8rem; }
section { padding: 1.5rem 1.5rem 1.25rem; margin-top: 1rem; }
.summary p { max-width: 46rem; margin: .5rem 0; }
.explain { color: var(--soft); max-width: 46rem; margin: 0 0 1rem; font-size: .95rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.25rem; margin-bottom: .5rem; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .25rem; }
.chart { min-height: 320px; }
.table { overflow-x: auto; } .table + .table, .note + .table { margin-top: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; text-align: right; border-bottom: 1px solid var(--rule); vertical-align: baseline; }
th:first-child, td:first-child { text-align: left; padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 500; } tbody th { font-weight: 500; } tbody tr:last-child > * { border-bottom: 0; }
section > .note { color: var(--soft); font-size: .85rem; max-width: 46rem; margin: .5rem 0 0; }
td small { color: var(--soft); font-size: .85em; margin-left: .35em; white-space: nowrap; }
table.wide small { display: block; margin: 0; }
footer { color: var(--soft); font-size: .85rem; margin-top: 1.5rem; }
.u-legend { font-size: .8rem; text-align: left !important; } .u-legend th { font-weight: 500; text-align: left; }
.u-legend .aid { display: none; }
.u-legend th, .u-legend td { border: 0; padding: .1rem .25rem; }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --grid: rgba(0, 0, 0, .12);
    --line-0: #1d5fd1; --line-1: #d2691e; --line-2: #0f8a6c; --line-3: #9b3fb5; --line-4: #b3261e; --line-5: #555; }
  body { font-size: 11pt; } main { max-width: none; padding: 0; }
  section { border: 0; padding: .5rem 0; } .headline { border-radius: 0; } h2, .explain { break-after: avoid; }
  .charts { grid-template-columns: 1fr 1fr; } .table { break-inside: avoid; } .summary p, .explain { max-width: none; }
}
`;
