import type { Opener } from '../sync/envelope.ts';
import type { Delivery, Link } from '../sync/link.ts';
import { topicsOf } from '../sync/topics.ts';

/** What the site's publisher has brought to the broker, whichever process it is in. */
export interface Published {
  /** Resolves with `true` once the broker has a head of this version or a later one, with `false` when it takes too long. */
  head(version: number, patienceMs: number): Promise<boolean>;
  /** The same for rules. */
  rules(version: number, patienceMs: number): Promise<boolean>;
  close(): void;
}

/** Listen to what is published; only what the hub signed counts. */
export async function watchPublished(options: {
  readonly site: string;
  readonly link: Link;
  readonly opener: Opener;
}): Promise<Published> {
  const { link, opener } = options;
  const topics = topicsOf(options.site);
  const head = watermark();
  const rules = watermark();
  const reading =
    (mark: Watermark, open: (payload: Uint8Array) => Promise<{ version: number }>) =>
    ({ payload }: Delivery) =>
      void open(payload).then(
        ({ version }) => mark.reach(version),
        () => {},
      );
  await link.subscribe(topics.head, reading(head, opener.head));
  await link.subscribe(topics.rules, reading(rules, opener.rules));
  return {
    head: head.reached,
    rules: rules.reached,
    close: () => {
      head.close();
      rules.close();
    },
  };
}

type Watermark = ReturnType<typeof watermark>;

function watermark() {
  const waiting = new Set<{ version: number; done: (reached: boolean) => void }>();
  let most = -1;
  return {
    reach: (version: number) => {
      most = Math.max(most, version);
      for (const one of waiting) if (one.version <= most) one.done(true);
    },
    reached: (version: number, patienceMs: number) =>
      new Promise<boolean>((resolve) => {
        if (version <= most) return resolve(true);
        const timer = setTimeout(() => one.done(false), patienceMs);
        const one = {
          version,
          done: (reached: boolean) => {
            clearTimeout(timer);
            waiting.delete(one);
            resolve(reached);
          },
        };
        waiting.add(one);
      }),
    close: () => {
      for (const one of waiting) one.done(false);
    },
  };
}
