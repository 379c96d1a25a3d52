import type { Org } from './org/org.ts';

/** A request below `/services/data/vXX.X`, alone or as a part of composite. */
export interface RestRequest {
  /** In upper case; `_HttpMethod` is applied already. */
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** For example `v68.0`. */
  readonly version: string;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; undefined without a body. */
  readonly body: unknown;
  /** Runs a part of composite, which is not an API call by itself. It answers errors as responses. */
  readonly inner: (part: InnerRequest) => RestResponse;
}

export interface InnerRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface RestResponse {
  readonly status: number;
  /** By name as Salesforce writes it, for example `Location`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; undefined: none. */
  readonly body?: unknown;
}

/**
 * A resource's method. Synchronous: a request is a single step for all others.
 *
 * @throws ApiError for every response with an error.
 */
export type Handler = (request: RestRequest, org: Org) => RestResponse;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A path below `/services/data/vXX.X` in find-my-way's notation, and its methods. Others are answered with 405. */
export interface Resource {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
  /** Whether GET can be HEAD, too; default: true. */
  readonly head?: boolean;
}
