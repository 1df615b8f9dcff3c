import { AwsError } from '../../kernel/service';
import { pathOf, queryOf, type WireRequest } from '../message';
import type { OperationModel, ServiceModel } from '../model';
import { requiredMembers } from '../required-members';

/** Where a REST operation is found: method, path pattern and the query parameters that tell it from others. */
export interface Route {
  readonly operation: OperationModel;
  readonly method: string;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  readonly constants: readonly (readonly [name: string, value: string])[];
  readonly requiredHeaders: readonly string[];
  readonly status: number;
}

/** A route and the values of its path's labels, decoded. */
export interface RouteMatch {
  readonly route: Route;
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Sent by the SDK to name the operation; another client may leave it out. */
const OPERATION_HINT = 'x-id';
const tables = new WeakMap<ServiceModel, readonly Route[]>();

/** @throws AwsError MethodNotAllowed where no operation has this method and path */
export function findRoute(service: ServiceModel, request: WireRequest): RouteMatch {
  const path = pathOf(request);
  const query = queryOf(request);
  for (const route of routesOf(service)) {
    if (route.method !== request.method) continue;
    const match = route.pattern.exec(path);
    if (match === null || !hasConstants(route, query) || !route.requiredHeaders.every((name) => name in request.headers)) continue;
    return { route, query, labels: Object.fromEntries(route.labels.map((label, index) => [label, decodeURIComponent(match[index + 1])])) };
  }
  throw new AwsError('UnknownOperation', `no operation of ${service.signingName} is at ${request.method} ${request.path}`);
}

export function routesOf(service: ServiceModel): readonly Route[] {
  let routes = tables.get(service);
  if (routes === undefined) {
    routes = [...service.operations.values()]
      .filter(({ http }) => http !== undefined)
      .map(compile)
      .sort((a, b) => specificity(b) - specificity(a));
    tables.set(service, routes);
  }
  return routes;
}

function compile(operation: OperationModel): Route {
  const [method, uri, status] = operation.http!;
  const [template, constants = ''] = uri.split('?');
  const segments = pathStyle(operation, template).split('/');
  const labels: string[] = [];
  const pattern = segments.map((segment) => {
    const label = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (label === null) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    labels.push(label[1]);
    return label[2] === '+' ? '(.+)' : '([^/]+)';
  });
  return {
    operation,
    method,
    status,
    labels,
    pattern: new RegExp(`^${pattern.join('/')}/?$`),
    constants: [...new URLSearchParams(constants)],
    requiredHeaders: requiredHeaders(operation),
  };
}

/** S3's URIs leave the bucket to the host name; on an address the bucket is the first segment of the path. */
function pathStyle(operation: OperationModel, template: string): string {
  const bucket = operation.input.isStructSchema() ? [...operation.input.structIterator()].find(([name]) => name === 'Bucket') : undefined;
  if (!bucket?.[1].getMergedTraits().httpLabel || template.includes('{Bucket}')) return template;
  return template === '/' ? '/{Bucket}' : `/{Bucket}${template}`;
}

function requiredHeaders({ input }: OperationModel): string[] {
  if (!input.isStructSchema()) return [];
  const headers = requiredMembers(input).map((name) => input.getMemberSchema(name).getMergedTraits().httpHeader as string | undefined);
  return headers.filter((name) => name !== undefined).map((name) => name.toLowerCase());
}

function hasConstants(route: Route, query: URLSearchParams): boolean {
  return route.constants.every(([name, value]) =>
    name === OPERATION_HINT
      ? !query.has(name) || query.get(name) === value
      : query.has(name) && (value === '' || query.get(name) === value),
  );
}

function specificity({ constants, requiredHeaders: headers, pattern }: Route): number {
  return (constants.filter(([name]) => name !== OPERATION_HINT).length + headers.length) * 1000 + pattern.source.length;
}
