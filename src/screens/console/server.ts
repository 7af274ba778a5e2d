import type { Here } from '../../console/answers/session.ts';
import { type Asking, ask as askServer, RefusedError } from '../kit/api.ts';
import { session, signedOutBecause } from './state.ts';

/**
 * Ask the server. Whose session has ended is brought to the sign-in page, which says so.
 *
 * @throws RefusedError
 */
export async function ask<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  try {
    return await askServer<Answer>(path, asking);
  } catch (error) {
    const here = session.value;
    if (error instanceof RefusedError && error.code === 'session.missing' && here?.state === 'signed-in')
      isNow({ ...here, state: 'signed-out', name: null, role: null });
    throw error;
  }
}

/** Ask who is signed in. Whose session has ended is brought to the sign-in page, which says so. */
export async function lookAround(): Promise<void> {
  isNow(await askServer<Here>('/api/session'));
}

function isNow(here: Here): void {
  if (session.value?.state === 'signed-in' && here.state === 'signed-out')
    signedOutBecause.value = 'You were signed out, after a while without use or from elsewhere.';
  session.value = here;
}
