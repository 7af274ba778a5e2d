import { LimenError } from '../../../src/domain/errors.ts';
import { backOff } from '../../../src/sync/back-off.ts';
import type { Delivery, Link, LinkState } from '../../../src/sync/link.ts';
import { filterMatches } from '../../../src/sync/topics.ts';
import type { Client, SimulatedBroker } from './broker.ts';
import type { Chance } from './chance.ts';
import type { Life } from './life.ts';

/** A {@link Link} to a simulated broker that behaves as the one over mqtt.js does; see `src/sync/mqtt-link.ts`. */
export function simulatedLink(options: {
  clientId: string;
  broker: SimulatedBroker;
  chance: Chance;
  life: Life;
}): Link {
  const { clientId, broker, chance, life } = options;
  const { timers } = life;
  const handlers = new Map<string, Set<(delivery: Delivery) => void>>();
  const listeners = new Set<(state: LinkState) => void>();
  const inFlight = new Set<(reason: string) => void>();
  const waits = backOff({ firstMs: 500, mostMs: 60_000, random: chance.next });
  let state: LinkState = { online: false, reason: 'not connected yet' };
  let client: Client | null = null;

  const become = (next: LinkState) => {
    if (next.online === state.online) return;
    state = next;
    for (const listener of listeners) listener(state);
  };

  const attempt = () => {
    const current: Client = {
      id: clientId,
      deliver: (delivery) => {
        if (life.dead || client !== current) return;
        for (const [filter, those] of handlers) {
          if (filterMatches(filter, delivery.topic)) for (const handle of those) handle(delivery);
        }
      },
      lost: (reason) => {
        broker.disconnect(current);
        if (life.dead || client !== current) return;
        client = null;
        for (const lose of [...inFlight]) lose(reason);
        become({ online: false, reason });
        timers.after(waits.nextMs(), attempt);
      },
    };
    client = current;
    timers.after(broker.delayMs(), () => {
      if (!broker.connect(current)) return current.lost('connection refused');
      waits.reset();
      for (const filter of handlers.keys()) broker.subscribe(current, filter);
      timers.after(broker.delayMs(), () => client === current && become({ online: true }));
    });
  };

  life.onEnd(() => client !== null && broker.disconnect(client));
  attempt();
  return {
    url: 'mqtt://simulated',
    get state() {
      return state;
    },
    refresh: async () => {},
    publish: (topic, payload, { retain = false } = {}) =>
      new Promise((resolve, reject) => {
        if (life.dead) return;
        life.act();
        const current = client;
        if (current === null || !state.online) return reject(lost(topic, 'offline'));
        const lose = (reason: string) => {
          inFlight.delete(lose);
          reject(lost(topic, reason));
        };
        inFlight.add(lose);
        const ends = () => timers.after(chance.between(100, 20_000), () => current.lost('no answer'));
        if (chance.percent(broker.weather.lost)) return void ends();
        const bytes = Buffer.from(payload);
        // Whoever is killed or cut off now has sent it all the same.
        broker.later(() => {
          broker.publish(topic, bytes, retain);
          if (client !== current) return;
          if (chance.percent(broker.weather.unanswered)) return ends();
          timers.after(broker.delayMs(), () => {
            if (inFlight.delete(lose)) resolve();
          });
        });
      }),
    subscribe: async (filter, onDelivery) => {
      const those = handlers.get(filter) ?? new Set();
      handlers.set(filter, those.add(onDelivery));
      if (client !== null && state.online) broker.subscribe(client, filter);
      return () => {
        if (those.delete(onDelivery) && those.size > 0) return;
        handlers.delete(filter);
        if (client !== null) broker.unsubscribe(client, filter);
      };
    },
    onState: (listener) => {
      listeners.add(listener);
      listener(state);
    },
    close: async () => {},
  };
}

function lost(topic: string, reason: string): LimenError {
  return new LimenError('broker.lost', `The simulated broker did not take a message to ${topic}: ${reason}.`);
}
