import { createHmac } from 'node:crypto';
import { LimenError } from '../domain/errors.ts';
import { packageVersion } from '../runtime/package-root.ts';
import { ask, denied } from './request.ts';
import type { PayrollTarget } from './target.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  /** What the secret file holds: `whsec_` and base64, one a line. */
  readonly secrets: string;
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/**
 * Tell every item as a message of its own, signed as Standard Webhooks 1.0 has it (https://www.standardwebhooks.com):
 * HMAC-SHA256 over id, time and body. The id is the item's for ever, so that a receiver knows what it has already. With
 * several secrets each signs, for as long as the receiver changes from one to the next.
 *
 * @throws LimenError `key.invalid` for secrets that are none.
 */
export function webhook({ name, url, secrets, timeoutMs, nowMs }: WebhookOptions): PayrollTarget {
  const keys = keysIn(secrets, name);
  return {
    name,
    address: new URL(url).origin,
    tell: async ({ messageId, type, recordedAt, data }, _memory, signal) => {
      const body = JSON.stringify({ type, timestamp: recordedAt, data });
      const sentAt = String(Math.floor(nowMs() / 1000));
      const signed = `${messageId}.${sentAt}.${body}`;
      const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
      const headers = {
        'content-type': 'application/json',
        'user-agent': `limen/${packageVersion()}`,
        'webhook-id': messageId,
        'webhook-timestamp': sentAt,
        'webhook-signature': signatures.join(' '),
      };
      const reply = await ask({ method: 'POST', url, headers, body, timeoutMs, signal });
      if (reply.outcome === 'later') return reply;
      const { status, text } = reply;
      if (status < 300) return { outcome: 'taken' };
      // The address itself is wrong, or nobody wants to hear anything there any more.
      if (status === 404 || status === 405 || status === 410) return denied(`it answers ${status}`);
      return { outcome: 'refused', why: `it answers ${status} ${text.replace(/\s+/g, ' ').slice(0, 200)}`.trim() };
    },
  };
}

function keysIn(secrets: string, name: string): Buffer[] {
  const lines = secrets.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '').map((line) => keyOf(line));
  if (keys.length > 0 && keys.every((key) => key !== null)) return keys;
  throw new LimenError('key.invalid', `The secret of the payroll ${name} is no webhook secret.`, {
    hint: `Put one into its file: printf 'whsec_%s\\n' "$(openssl rand -base64 32)"; the receiver has the same.`,
  });
}

/** 24 to 64 bytes, as the standard wants them. */
function keyOf(line: string): Buffer | null {
  const [, text] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const key = Buffer.from(text ?? '', 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}
