/** A resource of the template after its intrinsic functions were resolved. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: resource properties are free-form JSON
  readonly properties: Record<string, any>;
}

/** What a created resource is called: the value of `Ref`, and of each `Fn::GetAtt`. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Creates, rewrites and deletes the resources of one type, as CloudFormation does.
 * Properties that it does not know are an error at creation: the lab never skips what it cannot do.
 */
export interface ResourceProvider {
  readonly type: string;
  create(resource: ResolvedResource): Promise<CreatedResource> | CreatedResource;
  /** Called only when the properties differ from those of the last deployment; rewrites the live state to the template's. */
  update(resource: ResolvedResource, physicalId: string): Promise<CreatedResource> | CreatedResource;
  delete(physicalId: string): Promise<void> | void;
}

/** Throws unless every property is among `known`: said at creation, with the type and the property's name. */
export function refuseUnknownProperties(resource: ResolvedResource, known: readonly string[]): void {
  const unknown = Object.keys(resource.properties).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `${resource.logicalId} (${resource.type}): the lab does not know the properties ${unknown.join(', ')}; it knows ${known.join(', ')}`,
    );
  }
}
