/** An HTTP request, apart from HTTP: whoever has one may call the lab. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as they were sent, still encoded. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The query of a request, decoded. */
export function queryOf(request: WireRequest): URLSearchParams {
  const at = request.path.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : request.path.slice(at + 1));
}

/** The path of a request without its query, still encoded. */
export function pathOf(request: WireRequest): string {
  const at = request.path.indexOf('?');
  return at < 0 ? request.path : request.path.slice(0, at);
}
