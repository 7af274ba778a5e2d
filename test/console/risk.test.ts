import test from 'ava';
import type { GalleryRiskTold } from '../../src/console/answers/risk.ts';
import { startConsole } from './support/console.ts';
import { march } from './support/march.ts';

test('without anybody, and with people of another embedder, the risk is refused with a word', async (t) => {
  const console = await startConsole(t);
  const ask = async () => (await console.server.inject({ url: '/api/risk', headers: console.as.auditor })).json();
  t.is((await ask()).code, 'gallery.empty');
  await march(console, { withPictures: false });
  t.is((await ask()).code, 'template.foreign-embedder');
});

test('a more lenient threshold lets more strangers in and refuses fewer people; the one in force is among them', async (t) => {
  const console = await startConsole(t);
  await march(console, { withPictures: true });
  const said = await console.server.inject({ url: '/api/risk', headers: console.as.auditor });
  t.is(said.statusCode, 200, said.body);
  const risk = said.json<GalleryRiskTold>();
  t.is(risk.people, 10);
  t.is(risk.templates, 30);
  const { points } = risk;
  t.true(points.some(({ threshold }) => threshold === risk.threshold));
  for (const [i, point] of points.entries()) {
    t.true(point.expectedFpir <= point.fpirBound);
    const stricter = points[i - 1];
    if (stricter === undefined) continue;
    t.true(point.threshold > stricter.threshold);
    t.true(point.fpirBound >= stricter.fpirBound);
    t.true(point.fnir!.events <= stricter.fnir!.events);
  }
  const inForce = points.find(({ threshold }) => threshold === risk.threshold)!;
  t.true(risk.shortfall !== null || inForce.fpirBound <= risk.targetFpir * 1.001);
  t.true(risk.confusable.every(({ distance }, i) => i === 0 || distance >= risk.confusable[i - 1]!.distance));
});
