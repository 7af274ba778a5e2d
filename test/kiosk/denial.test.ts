import test from 'ava';
import type { DenialReason, Evidence } from '../../src/domain/verdict.ts';
import { adviceOn } from '../../src/kiosk/denial.ts';
import type { Advice } from '../../src/kiosk/message.ts';

const evidence: Evidence = {
  ...{ trackId: 1, framesSeen: 9, framesUsed: 5, agreeing: 5, distance: 0.03, threshold: 0.05, margin: 0.2 },
  ...{
    elapsedMs: 2000,
    decidingMs: 900,
    liveness: 0.9,
    qualityFailures: [],
    galleryVersion: 1,
    galleryPeople: 9,
    model: 'm',
  },
};
const by = (...factors: string[]): Evidence => ({ ...evidence, access: { rule: 'r', says: 's', factors } });

/** What each reason tells somebody whose face was recognised and found alive. The compiler demands every reason. */
const toProven: Record<DenialReason, Advice> = {
  unknown: 'not-admitted',
  ambiguous: 'not-admitted',
  spoof: 'not-admitted',
  'no-liveness': 'not-admitted',
  'challenge-failed': 'not-admitted',
  'poor-quality': 'not-admitted',
  'no-gallery': 'not-admitted',
  'not-yet-valid': 'not-valid',
  expired: 'not-valid',
  'gallery-expired': 'not-ready',
  'no-rules': 'not-ready',
  'not-authorised-here': 'not-here',
  'out-of-schedule': 'not-at-this-time',
  'anti-passback': 'already-inside',
  interlock: 'other-door-open',
  'locked-out': 'wait-a-while',
  'second-factor': 'factor-missing',
  'two-person': 'second-person',
};
/** Said by `decide` of nobody but a recognised, living face: there is no rule that could have noted the factors. */
const ofValidity = ['expired', 'not-yet-valid'];

for (const [reason, told] of Object.entries(toProven) as [DenialReason, Advice][]) {
  test(`${reason}: a stranger, a picture, a card and a PIN in the wrong hands all see the very same`, (t) => {
    t.is(adviceOn({ kind: 'deny', reason, personId: null, evidence }), 'not-admitted');
    t.is(adviceOn({ kind: 'deny', reason, personId: null, evidence: by('face') }), 'not-admitted');
    if (ofValidity.includes(reason)) return;
    t.is(adviceOn({ kind: 'deny', reason, personId: 'ada', evidence }), 'not-admitted');
    t.is(adviceOn({ kind: 'deny', reason, personId: 'ada', evidence: by() }), 'not-admitted');
    t.is(adviceOn({ kind: 'deny', reason, personId: 'ada', evidence: by('card', 'pin') }), 'not-admitted');
  });

  test(`${reason}: whoever was proven by their face is told what to do, and never which check failed`, (t) => {
    t.is(adviceOn({ kind: 'deny', reason, personId: 'ada', evidence: by('face') }), told);
  });
}
