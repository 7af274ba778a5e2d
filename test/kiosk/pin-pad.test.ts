import test from 'ava';
import { PinPad } from '../../src/kiosk/pin-pad.ts';
import { rowOf } from './support.ts';

test('what proves nothing is refused once, at the end, whatever was wrong with it', async (t) => {
  let refused = 0;
  const taken: object[] = [];
  const pad: PinPad = new PinPad({
    answerMs: 5,
    take: async (typed) => {
      taken.push(typed);
      pad.event(rowOf('access.factor-refused', { factor: 'pin', personId: null, reason: 'wrong-pin', waits: {} }));
    },
    onRefused: () => {
      refused += 1;
    },
  });
  const first = pad.enter({ digits: '2580' });
  // Somebody leans on the key.
  await pad.enter({ digits: '2580' });
  t.true(pad.busy);
  await first;
  t.is(refused, 1);
  t.false(pad.busy);
  t.deepEqual(taken, [{ digits: '2580' }]);
});

test('what proves somebody is not refused, and a journal that fails is told', async (t) => {
  let refused = 0;
  const onRefused = () => {
    refused += 1;
  };
  const pad: PinPad = new PinPad({
    ...{ answerMs: 5, onRefused },
    take: async () => pad.event(rowOf('access.factor-proven', { personId: 'ada', factor: 'pin', keys: [] })),
  });
  await pad.enter({ digits: '2580' });
  t.is(refused, 0);
  const broken = new PinPad({ ...{ answerMs: 5, onRefused }, take: () => Promise.reject(new Error('disk')) });
  await t.throwsAsync(broken.enter({ digits: '2580' }), { message: 'disk' });
});
