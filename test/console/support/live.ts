import type { ExecutionContext } from 'ava';
import type { LiveMessage } from '../../../src/console/answers/live.ts';

/** What a browser that has joined is told, as it is told it; it leaves with the test, or before. */
export interface Listener {
  readonly told: LiveMessage[];
  /** The events among it, as `terminal/seq`. */
  readonly events: () => string[];
  leave(): void;
}

/** Listen to a console as a browser does. Resolves when it has been greeted. */
export async function listen(t: ExecutionContext, url: string, cookie: string): Promise<Listener> {
  const leaving = new AbortController();
  t.teardown(() => leaving.abort());
  const told: LiveMessage[] = [];
  const response = await fetch(`${url}/api/live`, { headers: { cookie }, signal: leaving.signal });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  await new Promise<void>((greeted, failed) => {
    const read = async () => {
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const messages = (text + chunk).split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) {
          const [, data] = /^data: (.*)$/m.exec(message) ?? [];
          if (data !== undefined) told.push(JSON.parse(data));
        }
        greeted();
      }
    };
    read().catch((error) => (leaving.signal.aborted ? undefined : failed(error)));
  });
  return {
    told,
    events: () =>
      told.flatMap((message) => (message.type === 'event' ? [`${message.event.terminal}/${message.event.seq}`] : [])),
    leave: () => leaving.abort(),
  };
}
