import type { HubConfig } from './config/schema.ts';
import { sendCommand } from './hub/command.ts';
import { type HomeAssistantBridge, openHomeAssistant } from './hub/home-assistant/bridge.ts';
import type { Hub } from './hub/hub.ts';
import type { HubKeyring } from './hub/hub-keyring.ts';
import type { HubStore } from './hub/hub-store.ts';
import type { Notify } from './hub/notice.ts';
import { systemClock } from './runtime/clock.ts';
import { issuer } from './runtime/issuer.ts';
import { sealer } from './sync/envelope.ts';
import type { Link } from './sync/link.ts';
import { terminalOpener } from './sync/terminal-envelope.ts';

/** What a running hub shows Home Assistant with. */
export interface HomeAssistantParts {
  readonly hub: Hub;
  readonly store: HubStore;
  readonly keys: HubKeyring;
  readonly link: Link;
  readonly notify: Notify;
}

/** Long enough for a terminal on a slow line; afterwards the order is void. */
const orderGoodForMs = 10_000;

/** Home Assistant as the configuration has it; `null` where it has no such section. */
export async function homeAssistantOf(
  config: HubConfig,
  { hub, store, keys, link, notify }: HomeAssistantParts,
): Promise<HomeAssistantBridge | null> {
  if (config.homeAssistant === undefined) return null;
  const { discoveryPrefix, ...more } = config.homeAssistant;
  const terminals = terminalOpener(keys, hub.terminals);
  return openHomeAssistant({
    ...{ ...more, site: config.site, link, db: store.db, books: hub.terminals, notify, prefix: discoveryPrefix },
    terminals,
    publishing: () => hub.publishing,
    onEvent: (listener) => hub.onEvent(listener),
    command: async (terminal, verb) => {
      const request = { audience: terminal, verb, reason: 'Home Assistant', timeoutMs: orderGoodForMs };
      // Over the hub's own link: a scene shuts many doors at once.
      const { answers } = await sendCommand(
        { site: config.site, link, db: store.db, clock: systemClock, sealer: sealer(keys), terminals },
        { ...request, issuer: issuer() },
      );
      const [answer] = answers;
      return answer?.outcome === 'done' ? null : (answer?.message ?? 'no answer');
    },
  });
}
