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
    if (error instanceof RefusedError && error.code === 'session.missing' && session.value?.state === 'signed-in') {
      signedOutBecause.value = 'You were signed out, after a while without use or from elsewhere.';
      session.value = { ...session.value, state: 'signed-out', name: null, role: null };
    }
    throw error;
  }
}

/** Ask who is signed in. */
export async function lookAround(): Promise<void> {
  session.value = await askServer<Here>('/api/session');
}
