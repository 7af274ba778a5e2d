import { isTurnedAway } from '../sync/broker-fault.ts';
import type { LinkState } from '../sync/link.ts';
import { type MqttLinkOptions, openMqttLink } from '../sync/mqtt-link.ts';
import { type Finding, ok, warn } from './finding.ts';

/** How a broker is reached. */
export type BrokerAccess = Omit<MqttLinkOptions, 'clientId'>;

const patienceMs = 4000;
const mend = 'Check the section broker and the network; until then the terminal works with the gallery it has.';

const newAccess =
  'What it has to show there is revoked, expired or unknown: on the hub `limen hub provision TERMINAL --replace` ' +
  '(with --make-certificate or --password, as before), here `limen provision FILE`.';

/**
 * Connect as limen would, certificates and password included, under a name of its own, and leave again.
 */
export async function examineBroker(broker: BrokerAccess): Promise<Finding> {
  const state = await stateOf(broker);
  if (state?.online) return ok('broker', `${broker.url} lets limen in`);
  const reason = state === null ? `no answer within ${patienceMs / 1000} s` : state.reason;
  return warn('broker', `${broker.url} cannot be used: ${reason}`, isTurnedAway(reason) ? newAccess : mend);
}

/** What became of one attempt; `null` when nothing became of it in time. */
export async function stateOf(broker: BrokerAccess): Promise<LinkState | null> {
  const link = openMqttLink({ ...broker, clientId: `limen-doctor-${process.pid}` });
  try {
    return await new Promise((resolve) => {
      const patience = setTimeout(() => resolve(null), patienceMs);
      let told = 0;
      link.onState((state) => {
        // The first word is about the time before the attempt.
        if (told++ === 0 && !state.online) return;
        clearTimeout(patience);
        resolve(state);
      });
    });
  } finally {
    await link.close();
  }
}
