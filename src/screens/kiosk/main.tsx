import '../kit/kit.css';
import './kiosk.css';
import { render } from 'preact';
import type { ScreenSetup } from '../../kiosk/message.ts';
import { ask } from '../kit/api.ts';
import { App } from './app.tsx';
import { setup } from './store.ts';

/** The browser may be there before the terminal is. */
const retryMs = 1000;

for (;;) {
  try {
    setup.value = await ask<ScreenSetup>('/api/setup');
    break;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
document.documentElement.lang = setup.value.words.tag ?? 'en';
render(<App />, document.body);
