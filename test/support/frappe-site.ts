import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** A check-in as Frappe HR keeps it. */
export interface TestCheckin {
  readonly name: string;
  readonly employee: string;
  readonly time: string;
  readonly log_type: string;
  readonly device_id: string;
  skip_auto_attendance: number;
  attendance: string | null;
}

/** What the site does to a request instead of answering it as it should. */
export type Trouble =
  | 'rate limit'
  | 'server error'
  | 'bad gateway'
  | 'silence'
  | 'cut off after doing it'
  | 'no rights';

/**
 * A server that answers as Frappe HR 15 does: its code and the REST API's documentation are the model. A user's language
 * is not always English.
 */
export class FrappeSite {
  readonly token = 'key:secret';
  readonly checkins: TestCheckin[] = [];
  /** attendance_device_id -> name of the Employee. */
  readonly employees = new Map<string, string>();
  /** Asked before every request; `null` answers it. */
  trouble: (request: { method: string; path: string; body: Record<string, unknown> }) => Trouble | null = () => null;
  /** Up to version 13 two logs of one second were refused whatever they were. */
  refusesAnySecondLog = false;
  duplicateSays = 'This employee already has a log with the same timestamp.';
  requests = 0;
  url = '';

  static async start(t: ExecutionContext): Promise<FrappeSite> {
    const site = new FrappeSite();
    const server = createServer((request, response) => void site.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    site.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    return site;
  }

  /** What counts there: employee, time and kind, sorted. */
  counting(): string[] {
    const counting = this.checkins.filter(({ skip_auto_attendance }) => skip_auto_attendance === 0);
    return counting.map(({ employee, time, log_type }) => `${employee} ${time} ${log_type}`).sort();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? {} : JSON.parse(text);
    const url = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(url.pathname);
    const answer = (status: number, content: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof content === 'string' ? content : JSON.stringify(content));
    };
    const trouble = this.trouble({ method: request.method ?? '', path, body });
    if (trouble === 'rate limit') return answer(429, { exc_type: 'RateLimitExceededError' }, { 'retry-after': '0' });
    if (trouble === 'server error') return answer(500, { exception: 'pymysql.err.OperationalError' });
    if (trouble === 'bad gateway') return answer(502, '<html>Bad Gateway</html>');
    if (trouble === 'silence') return;
    if (request.headers.authorization !== `token ${this.token}` || trouble === 'no rights')
      return answer(403, { exc_type: 'PermissionError', exception: 'frappe.exceptions.PermissionError' });
    const [status, content] = this.#answer({ method: request.method ?? '', path, body, query: url.searchParams });
    if (trouble === 'cut off after doing it') {
      request.socket.destroy();
      return;
    }
    answer(status, content);
  }

  #answer(asked: {
    method: string;
    path: string;
    body: Record<string, unknown>;
    query: URLSearchParams;
  }): [number, unknown] {
    const { method, path, body, query } = asked;
    if (path === '/api/method/hrms.hr.doctype.employee_checkin.employee_checkin.add_log_based_on_employee_field')
      return this.#add(body);
    const filters = JSON.parse(query.get('filters') ?? '[]') as [field: string, is: string, value: string][];
    const wanted = (field: string) => filters.find(([name]) => name === field)?.[2];
    if (method === 'GET' && path === '/api/resource/Employee') {
      const name = this.employees.get(wanted('attendance_device_id') ?? '');
      return [200, { data: name === undefined ? [] : [{ name }] }];
    }
    if (method === 'GET' && path === '/api/resource/Employee Checkin') {
      const data = this.checkins.filter(
        ({ employee, time }) => employee === wanted('employee') && time === wanted('time'),
      );
      return [200, { data }];
    }
    const name = /^\/api\/resource\/Employee Checkin\/(.+)$/.exec(path)?.[1];
    const checkin = this.checkins.find((one) => one.name === name);
    if (method === 'PUT' && checkin !== undefined) {
      checkin.skip_auto_attendance = Number(body.skip_auto_attendance);
      return [200, { data: checkin }];
    }
    return [404, { exc_type: 'DoesNotExistError' }];
  }

  #add(body: Record<string, unknown>): [number, unknown] {
    const { employee_field_value, timestamp, log_type, device_id } = body as Record<string, string>;
    const employee = this.employees.get(employee_field_value ?? '');
    if (employee === undefined)
      return thrown(
        `No Employee found for the given employee field value. 'attendance_device_id': ${employee_field_value}`,
      );
    const same = this.checkins.find(
      (one) =>
        one.employee === employee && one.time === timestamp && (this.refusesAnySecondLog || one.log_type === log_type),
    );
    if (same !== undefined) return thrown(`${this.duplicateSays}<Br><a href="/app/x">${same.name}</a>`);
    const name = `EMP-CKIN-11-2026-${String(this.checkins.length + 1).padStart(6, '0')}`;
    const checkin = { name, employee, time: timestamp!, log_type: log_type!, device_id: device_id! };
    const made = { ...checkin, skip_auto_attendance: 0, attendance: null };
    this.checkins.push(made);
    return [200, { message: made }];
  }
}

/** What `frappe.throw` answers with. */
function thrown(message: string): [number, unknown] {
  return [
    417,
    {
      exc_type: 'ValidationError',
      exception: `frappe.exceptions.ValidationError: ${message}`,
      _server_messages: JSON.stringify([JSON.stringify({ message, indicator: 'red', raise_exception: 1 })]),
    },
  ];
}
