import type { ExecutionContext } from 'ava';
import type { GallerySnapshot } from '../../src/gallery/gallery-store.ts';
import { startEmbeddedBroker } from '../../src/hub/embedded-broker.ts';
import { type Hub, type HubOptions, openHub } from '../../src/hub/hub.ts';
import { type HubStore, openHubStore } from '../../src/hub/hub-store.ts';
import type { HubNotice } from '../../src/hub/notice.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { opener } from '../../src/sync/envelope.ts';
import type { Link } from '../../src/sync/link.ts';
import { openMqttLink } from '../../src/sync/mqtt-link.ts';
import { type GalleryReplica, openGalleryReplica } from '../../src/sync/replica.ts';
import { terminalSealer } from '../../src/sync/terminal-envelope.ts';
import { openUplink, type Uplink } from '../../src/sync/uplink.ts';
import type { Vision } from '../../src/vision/vision.ts';
import type { SiteKeys } from './keys.ts';
import { memoryJournal } from './memory-journal.ts';
import { needs } from './require.ts';
import { freePort, memoryGalleryStore, recorder, somebody, startMosquitto, temporaryFolder } from './sync.ts';

/** The brokers that every promise about the wire is tested on. */
export const brokerKinds = ['aedes 3.1.1', 'mosquitto 3.1.1', 'mosquitto 5'] as const;
export type BrokerKind = (typeof brokerKinds)[number];

/** A broker that a test can take away and bring back, empty, on the same port. */
export interface TestBroker {
  readonly url: string;
  readonly protocol: '3.1.1' | '5';
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A broker with MQTT 5 that somebody else has started, and ends. */
export function runningBroker(url: string): TestBroker {
  return { url, protocol: '5', start: async () => {}, stop: async () => {} };
}

/** A broker of this kind, not started yet; `null` when the machine has none and the test should end. */
export async function brokerOf(t: ExecutionContext, kind: BrokerKind): Promise<TestBroker | null> {
  const port = await freePort();
  const folder = await temporaryFolder(t);
  let running: { stop(): Promise<void> } | null = null;
  if (kind !== 'aedes 3.1.1' && !needs(t, 'mosquitto')) return null;
  const stop = async () => {
    await running?.stop();
    running = null;
  };
  t.teardown(stop);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    protocol: kind === 'mosquitto 5' ? '5' : '3.1.1',
    stop,
    start: async () => {
      if (kind !== 'aedes 3.1.1') running = await startMosquitto(t, { port, folder });
      else {
        // Room for oversize messages: what is tested is the terminal, not this broker's own limit.
        const broker = await startEmbeddedBroker({ port, maxPacketBytes: 64 * 1024 * 1024 });
        running = { stop: () => broker.close() };
      }
    },
  };
}

/** A link that is closed with the test and reconnects fast. */
export function linkTo(
  t: ExecutionContext,
  broker: TestBroker,
  clientId: string,
  extra: { will?: { topic: string; payload: string } } = {},
): Link {
  const link = openMqttLink({
    url: broker.url,
    protocol: broker.protocol,
    clientId,
    reconnect: { firstMs: 20, mostMs: 100 },
    ...extra,
  });
  t.teardown(() => link.close());
  return link;
}

/** Sees in a "picture" the person whose id is its text; several ids are several faces, `blurred` a bad one. */
export const readingVision: Vision = {
  model: 'test/1',
  see: async (frame) => ({
    frameId: frame.id,
    capturedAtMs: frame.capturedAtMs,
    widthPx: 640,
    heightPx: 480,
    timings: { decodeMs: 0, detectMs: 0, landmarksMs: 0, embedMs: 0 },
    sightings: Buffer.from(frame.data)
      .toString()
      .split(' ')
      .filter((id) => id !== '')
      .map((id) => {
        const at = { x: 0, y: 0 };
        const failures = id === 'blurred' ? (['blurred', 'too-dark'] as const) : [];
        return {
          face: {
            box: { ...at, width: 100, height: 100 },
            landmarks: { leftEye: at, rightEye: at, nose: at, mouthLeft: at, mouthRight: at },
            contour: null,
            score: 1,
          },
          quality: {
            ...{ interEyePx: 60, sharpness: 100, yawDeg: 0, pitchDeg: 0, rollDeg: 0, brightness: 120, contrast: 50 },
            failures,
          },
          liveness: null,
          template: failures.length > 0 ? null : (somebody(id).templates[0] ?? null),
        };
      }),
  }),
  close: async () => {},
};

/** A hub with its own link; `enrol` takes ids only. */
export interface TestHub {
  readonly hub: Hub;
  readonly store: HubStore;
  readonly link: Link;
  readonly notices: HubNotice[];
  enrol(...ids: string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Start a hub on a broker; with `store` it is the same hub again. */
export async function startHub(
  t: ExecutionContext,
  options: {
    broker: TestBroker;
    keys: SiteKeys;
    store?: HubStore;
    vision?: Vision;
    enrolment?: HubOptions['enrolment'];
  },
): Promise<TestHub> {
  const store = options.store ?? (await openHubStore(':memory:'));
  if (options.store === undefined) t.teardown(() => store.close());
  await options.keys.attach(store);
  const link = linkTo(t, options.broker, 'hub');
  const notices: HubNotice[] = [];
  const hub = await openHub({
    ...{ site: 'plant', link, store, keys: options.keys.hub, clock: systemClock, settleMs: 150 },
    vision: options.vision ?? readingVision,
    ...(options.enrolment && { enrolment: options.enrolment }),
    onNotice: (notice) => notices.push(notice),
  });
  const stop = async () => {
    await hub.close();
    await link.close();
  };
  t.teardown(stop);
  return {
    ...{ hub, store, link, notices, stop },
    enrol: async (...ids) => {
      for (const id of ids) {
        await hub.enrol({ id, name: `Person ${id}`, pictures: [{ name: `${id}.jpg`, jpeg: Buffer.from(id) }] });
      }
    },
  };
}

/** A terminal without camera and door: gallery, journal and their links. */
export interface TestTerminal {
  readonly replica: GalleryReplica;
  readonly uplink: Uplink;
  readonly link: Link;
  readonly store: ReturnType<typeof memoryGalleryStore>;
  readonly journal: ReturnType<typeof memoryJournal>;
  readonly events: ReturnType<typeof recorder>;
  readonly galleries: GallerySnapshot[];
  ids(): string[];
  stop(): Promise<void>;
}

/** Start a terminal; with `store` and `journal` it is the same one after a restart. */
export async function startTerminal(
  t: ExecutionContext,
  options: {
    broker: TestBroker;
    keys: SiteKeys;
    name?: string;
    store?: TestTerminal['store'];
    journal?: TestTerminal['journal'];
    onResend?: () => void;
  },
): Promise<TestTerminal> {
  const { broker, keys, name = 'door-1', store = memoryGalleryStore(), journal = memoryJournal(name) } = options;
  const { onResend = () => {} } = options;
  const link = linkTo(t, broker, name);
  const events = recorder();
  const galleries: GallerySnapshot[] = [];
  const keyring = await keys.terminal(name);
  const [opening, sealing] = [opener('plant', keyring), terminalSealer(keyring)];
  const replica = await openGalleryReplica({
    ...{ site: 'plant', terminal: name, link, store, opener: opening, sealer: sealing, clock: systemClock },
    freshness: { now: () => systemClock.now(), confirmed: () => {} },
    report: events.report,
    onGallery: (snapshot) => galleries.push(snapshot),
    quietMs: 300,
    retry: { firstMs: 20, mostMs: 50 },
  });
  const uplink = await openUplink({
    ...{ site: 'plant', terminal: name, link, journal, opener: opening, sealer: sealing, ackTimeoutMs: 500 },
    onResend,
  });
  const stop = async () => {
    uplink.close();
    await replica.close();
    await link.close();
  };
  t.teardown(stop);
  return {
    ...{ replica, uplink, link, store, journal, events, galleries, stop },
    ids: () => replica.snapshot?.people.map(({ id }) => id) ?? [],
  };
}
