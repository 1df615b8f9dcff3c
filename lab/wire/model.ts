import { NormalizedSchema } from '@smithy/core/schema';
import type { Service } from '../kernel/service';

/** What the SDK's JSON codecs offer; the server reads what the client writes and the other way round. */
export interface PayloadCodec {
  createSerializer(): { write(schema: NormalizedSchema, value: unknown): void; flush(): string | Uint8Array };
  createDeserializer(): { read(schema: NormalizedSchema, data: Uint8Array): unknown };
}

export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, URI pattern and status of a REST operation. */
  readonly http?: readonly [method: string, uri: string, status: number];
}

export interface ErrorModel {
  readonly name: string;
  readonly schema: NormalizedSchema;
  /** The code that the query protocol puts on the wire, where it is not the shape's name. */
  readonly queryCode?: string;
  readonly status: number;
}

/** The wire format of one service, as its SDK client describes it. */
export interface ServiceModel {
  readonly signingName: string;
  readonly namespace: string;
  /** Shape id, e.g. `aws.protocols#awsQuery`. */
  readonly protocol: string;
  /** Prefix of `x-amz-target` in the JSON protocols. */
  readonly target: string;
  readonly xmlNamespace: string;
  /** Errors carry the codes of the service's former query protocol in a header. */
  readonly queryCompatible: boolean;
  readonly codec: PayloadCodec | undefined;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By shape name and by query code. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

/** Stands for a service that the lab does not have, so that its error has a shape. */
export const NO_SERVICE: ServiceModel = {
  signingName: '',
  namespace: 'lab',
  protocol: '',
  target: '',
  xmlNamespace: '',
  queryCompatible: false,
  codec: undefined,
  operations: new Map(),
  errors: new Map(),
};

interface ClientProtocol {
  getShapeId(): string;
  getPayloadCodec?(): PayloadCodec;
  readonly options?: { readonly xmlNamespace?: string };
  readonly serviceTarget?: string;
  readonly awsQueryCompatible?: boolean;
}

type ClientClass = new (options: object) => { config: { protocol: ClientProtocol }; destroy(): void };
type Schema = Parameters<typeof NormalizedSchema.of>[0];
/** Operations and errors are exported as `[kind, namespace, name, traits, ...]`. */
type Exported = readonly [kind: number, namespace: string, name: string, traits: Traits | number, ...rest: unknown[]];

interface Traits {
  readonly http?: [string, string, number];
  readonly httpError?: number;
  readonly awsQueryError?: [string, number];
}

const OPERATION = 9;
const ERROR = -3;
const compiled = new WeakMap<object, ServiceModel>();

/**
 * Reads the model of a service out of its SDK client package.
 *
 * @throws when an operation of the service is not in the package
 */
export function modelOf(service: Service): ServiceModel {
  let model = compiled.get(service.sdk);
  if (model === undefined) {
    model = compile(service);
    compiled.set(service.sdk, model);
  }
  const unknown = Object.keys(service.operations).filter((name) => !model.operations.has(name));
  if (unknown.length > 0) throw new Error(`${service.client} has no operation ${unknown.join(', ')}`);
  return model;
}

function compile(service: Service): ServiceModel {
  const Client = service.sdk[service.client] as ClientClass;
  const client = new Client({ region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
  const { protocol } = client.config;
  const shapes = Object.values(service.sdk).filter(isExported);
  const operations = shapes.filter(([kind]) => kind === OPERATION).map(operationModel);
  const model = {
    signingName: service.signingName,
    namespace: shapes[0][1],
    protocol: protocol.getShapeId(),
    target: protocol.serviceTarget ?? '',
    xmlNamespace: protocol.options?.xmlNamespace ?? '',
    queryCompatible: protocol.awsQueryCompatible === true,
    codec: /json/i.test(protocol.getShapeId()) ? protocol.getPayloadCodec?.() : undefined,
    operations: new Map(operations.map((operation) => [operation.name, operation])),
    errors: errorTable(shapes),
  };
  client.destroy();
  return model;
}

function isExported(value: unknown): value is Exported {
  return Array.isArray(value) && (value[0] === OPERATION || value[0] === ERROR) && typeof value[2] === 'string';
}

function operationModel(shape: Exported): OperationModel {
  const [, , name, , input, output] = shape;
  return { name, input: NormalizedSchema.of(input as Schema), output: NormalizedSchema.of(output as Schema), http: traitsOf(shape).http };
}

function errorTable(shapes: readonly Exported[]): Map<string, ErrorModel> {
  const errors = shapes.filter(([kind]) => kind === ERROR).map(errorModel);
  const byCode = errors.filter((error) => error.queryCode !== undefined).map((error): [string, ErrorModel] => [error.queryCode!, error]);
  return new Map([...byCode, ...errors.map((error): [string, ErrorModel] => [error.name, error])]);
}

function errorModel(shape: Exported): ErrorModel {
  const traits = traitsOf(shape);
  return {
    name: shape[2],
    schema: NormalizedSchema.of(shape as unknown as Schema),
    queryCode: traits.awsQueryError?.[0],
    status: traits.awsQueryError?.[1] ?? traits.httpError ?? 400,
  };
}

function traitsOf([, , , traits]: Exported): Traits {
  return typeof traits === 'object' ? traits : {};
}
