import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { CommonDesk } from './common-desk.ts';
import type { Desk } from './desk.ts';
import type { House } from './house.ts';
import type { Allowed } from './roles.ts';
import type { Who } from './sessions.ts';

/** Who answers by themselves give nothing. */
type AnswerOf<S> = S extends z.ZodType ? z.output<S> : unknown;
type Of<S> = S extends z.ZodType ? z.output<S> : undefined;

/** One request, its parts checked. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Whoever asks; nobody's name is empty. */
  readonly who: Who;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What the book of changes is told of a request that is granted. */
export interface Audited<C, A> {
  /** For example `person.enrolled`. */
  readonly action: string;
  /** Whom or what it is done to. */
  readonly target?: (call: C) => string | null;
  /** Never a secret; of people nothing but ids. */
  readonly detail?: (call: C) => Record<string, unknown>;
  /** What became of it, beside `detail`. */
  readonly outcome?: (answer: A) => Record<string, unknown>;
}

interface Common<P, Q, B, A> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parameters as `:name`. */
  readonly path: `/api/${string}`;
  readonly may: Allowed;
  /** One line for the API's description. */
  readonly says: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Of the answer with status 200. `null` where the handler answers by itself: a stream, or a file. */
  readonly answer: A;
  /** The body is a picture, as it is; `body` in the call is a Buffer. */
  readonly takesPicture?: true;
  readonly bodyLimitBytes?: number;
  /** From one address. */
  readonly mostPerMinute?: number;
}

/** A route of the console, as it is declared. */
export type Declared<P, Q, B, A, D extends CommonDesk> = Common<P, Q, B, A> & {
  /** `null` for what changes nothing, and for what writes it down by itself, as it acts; reading has none. */
  readonly audit?: Audited<Call<Of<P>, Of<Q>, Of<B>>, AnswerOf<A>> | null;
} & (
    | { readonly handle: (call: Call<Of<P>, Of<Q>, Of<B>>, desk: D) => Promise<AnswerOf<A>> }
    /** Works before there are keys and an administrator. */
    | { readonly early: (call: Call<Of<P>, Of<Q>, Of<B>>, house: House<D>) => Promise<AnswerOf<A>> }
  );

type Schema = z.ZodType | undefined;

/** A route as the server takes it; without a type for any console, of a hub. */
export interface Route<D extends CommonDesk = Desk> extends Common<Schema, Schema, Schema, z.ZodType | null> {
  readonly audit: Audited<Call, unknown> | null;
  readonly run: (call: Call, house: House<D>) => Promise<unknown>;
}

/** Declare a route: its parts are checked by their schemas, and the handler knows their types. */
type Declare<D extends CommonDesk> = <
  const P extends Schema = undefined,
  const Q extends Schema = undefined,
  const B extends Schema = undefined,
  const A extends z.ZodType | null = null,
>(
  declared: Declared<P, Q, B, A, D>,
) => Route<D>;

/** How routes are declared whose handlers need this desk. */
export function routeOver<D extends CommonDesk>(): Declare<D> {
  return (declared) => {
    const { audit, method, path } = declared;
    if (audit === undefined && method !== 'GET')
      throw new Error(`${method} ${path} does not say whether it changes anything`);
    const run =
      'early' in declared
        ? (declared.early as Route<D>['run'])
        : (call: Call, house: House<D>) =>
            (declared.handle as (call: Call, desk: D) => Promise<unknown>)(call, house.desk);
    return {
      ...(declared as unknown as Common<Schema, Schema, Schema, z.ZodType | null>),
      audit: (audit ?? null) as Route['audit'],
      run,
    };
  };
}

/** A route of a hub's console. */
export const route = routeOver<Desk>();

/** A route of every console. */
export const commonRoute = routeOver<CommonDesk>();
