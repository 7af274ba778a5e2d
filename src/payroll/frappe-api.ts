import { ask, denied, type Reply } from './request.ts';
import type { Later } from './target.ts';

/** A check-in as Frappe HR has it. */
export interface Checkin {
  readonly name: string;
  readonly log_type: string | null;
  readonly skip_auto_attendance: number;
  /** The day that was worked out from it already; `null` for none. */
  readonly attendance?: string | null;
}

/** Frappe HR's own refusal, in its words. */
export interface NotAccepted {
  readonly outcome: 'not accepted';
  readonly status: number;
  readonly why: string;
}

/** The three things that are asked of Frappe HR. */
export interface FrappeApi {
  /** Make a check-in. `time`: on the wall clock of Frappe's site. */
  add(checkin: {
    readonly personId: string;
    readonly time: string;
    readonly logType: string;
    readonly device: string;
  }): Promise<Checkin | NotAccepted | Later>;
  /** Check-ins of somebody at one second; `null` for a person whom Frappe does not know. */
  at(personId: string, time: string): Promise<{ readonly found: readonly Checkin[] | null } | NotAccepted | Later>;
  /** Have a check-in count for attendance, or not. `null` for one that is not there any more. */
  setSkipped(name: string, skipped: boolean): Promise<{ readonly checkin: Checkin | null } | NotAccepted | Later>;
}

export interface FrappeApiOptions {
  /** Address of the site, without a path. */
  readonly url: string;
  /** `key:secret` of an API user. */
  readonly token: string;
  /** `hrms`, or `erpnext` up to version 13. */
  readonly app: string;
  /** Which field of an Employee holds limen's id. */
  readonly employeeField: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Speak with a Frappe site over its REST API. Nothing is thrown for what it answers. */
export function frappeApi(options: FrappeApiOptions): FrappeApi {
  const { app, employeeField } = options;
  const list = async <T>(doctype: string, filters: readonly (readonly string[])[], fields: readonly string[]) => {
    const query = new URLSearchParams({ filters: JSON.stringify(filters), fields: JSON.stringify(fields) });
    const reply = await send('GET', `/api/resource/${encodeURIComponent(doctype)}?${query}`, options);
    return isReply(reply) ? answered(reply, (json) => ({ rows: (json.data ?? []) as readonly T[] })) : reply;
  };
  return {
    add: async ({ personId, time, logType, device }) => {
      const path = `/api/method/${app}.hr.doctype.employee_checkin.employee_checkin.add_log_based_on_employee_field`;
      const reply = await send('POST', path, options, {
        employee_fieldname: employeeField,
        employee_field_value: personId,
        timestamp: time,
        log_type: logType,
        device_id: device,
      });
      if (!isReply(reply)) return reply;
      // Here, what is not there is the method: an answer about a person would be a validation error.
      if (reply.status === 404)
        return denied(`it knows no ${app} check-ins: set payroll.app, or install Frappe HR there`);
      return answered(reply, (json) => json.message as Checkin);
    },
    at: async (personId, time) => {
      const employees = await list<{ readonly name: string }>('Employee', [[employeeField, '=', personId]], ['name']);
      if ('outcome' in employees) return employees;
      const [employee] = employees.rows;
      if (employee === undefined) return { found: null };
      const filters = [
        ['employee', '=', employee.name],
        ['time', '=', time],
      ];
      const fields = ['name', 'log_type', 'skip_auto_attendance', 'attendance'];
      const checkins = await list<Checkin>('Employee Checkin', filters, fields);
      return 'outcome' in checkins ? checkins : { found: checkins.rows };
    },
    setSkipped: async (name, skipped) => {
      const path = `/api/resource/Employee%20Checkin/${encodeURIComponent(name)}`;
      const reply = await send('PUT', path, options, { skip_auto_attendance: skipped ? 1 : 0 });
      if (!isReply(reply)) return reply;
      if (reply.status === 404) return { checkin: null };
      return answered(reply, (json) => ({ checkin: json.data as Checkin }));
    },
  };
}

async function send(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  { url, token, timeoutMs, signal }: FrappeApiOptions,
  body?: object,
): Promise<Reply | Later> {
  const headers = {
    authorization: `token ${token}`,
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return ask({ method, url: `${url.replace(/\/+$/, '')}${path}`, headers, ...content, timeoutMs, signal });
}

function isReply(reply: Reply | Later): reply is Reply {
  return reply.outcome === 'reply';
}

type Json = Readonly<Record<string, unknown>>;

function answered<T>({ status, text }: Reply, read: (json: Json) => T): T | NotAccepted | Later {
  const json = jsonOf(text);
  if (status >= 300) return { outcome: 'not accepted', status, why: whyOf(json, text) };
  // A page with a login or a maintenance notice, with "200 OK" above it.
  return json === null
    ? denied('it answers with something that is not JSON: is payroll.url the Frappe site?')
    : read(json);
}

function jsonOf(text: string): Json | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Json) : null;
  } catch {
    return null;
  }
}

/** Frappe tells people what is wrong in `_server_messages`, JSON within JSON with HTML in it, and developers in `exception`. */
function whyOf(json: Json | null, text: string): string {
  const [said] = strings(json?._server_messages);
  const message = said === undefined ? undefined : (jsonOf(said)?.message ?? said);
  return plain(String(message ?? json?.exception ?? json?._error_message ?? text));
}

function strings(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [];
  const list: unknown = jsonOf(value);
  return Array.isArray(list) ? list.map(String) : [];
}

function plain(text: string): string {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}
