import { parentPort, workerData } from 'node:worker_threads';
import { isLimenError } from '../domain/errors.ts';
import type { Share } from '../evaluate/clustered-share.ts';
import { galleryRisk } from '../evaluate/gallery-risk.ts';
import { riskCurve } from '../evaluate/risk-curve.ts';
import { Gallery } from '../gallery/gallery.ts';
import type { GalleryRiskTold } from './answers/risk.ts';
import type { RiskReply, RiskWork } from './risk.ts';

const namedUnjudged = 20;

/** The far side of `risk.ts`: counts once, and ends. */
const reply = (message: RiskReply) => parentPort?.postMessage(message);

try {
  reply({ risk: toldOf(workerData as RiskWork) });
} catch (error) {
  if (!isLimenError(error)) throw error;
  reply({ refused: { code: error.code, message: error.message, hint: error.hint } });
}

function toldOf({ snapshot, ...work }: RiskWork): GalleryRiskTold {
  const request = { ...work, gallery: Gallery.from(snapshot) };
  const { gallery } = request;
  const found = galleryRisk(request);
  const nameOf = (id: string) => gallery.people.get(id)?.name ?? id;
  const { people, templates, targetFpir, minMargin, threshold, basis, shortfall, misses, unjudged, resemblance } =
    found;
  return {
    ...{ people, templates, targetFpir, minMargin, threshold, basis, misses: { ...misses } },
    ...{ galleryVersion: gallery.version, embedder: gallery.embedder },
    shortfall: shortfall && { message: shortfall.message, hint: shortfall.hint ?? null },
    points: riskCurve(request).map((point) => ({ ...point, fnir: plain(point.fnir) })),
    unjudged: unjudged.slice(0, namedUnjudged).map((id) => ({ id, name: nameOf(id) })),
    unjudgedCount: unjudged.length,
    // Where the interval reaches down to strangers, nothing is known.
    resemblance: resemblance !== null && resemblance.interval95[0] > 1 ? resemblance.ratio : null,
    confusable: found.confusable.map(({ a, b, distance, chance }) => {
      return { a, b, nameA: nameOf(a), nameB: nameOf(b), distance, chance };
    }),
  };
}

function plain(found: Share | null) {
  if (found === null) return null;
  const { share, interval95, events, trials } = found;
  return { share, low: interval95[0], high: interval95[1], events, trials };
}
