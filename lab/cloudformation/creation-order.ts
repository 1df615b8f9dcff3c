import type { Json, Template, TemplateResource } from './template';

/**
 * Logical ids in an order in which each resource comes after all that it refers to or depends on.
 *
 * @throws Error naming the resources of a cycle
 */
export function creationOrder(template: Template): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, trail: readonly string[]) => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open') throw new Error(`resources refer to each other in a circle: ${[...trail, id].join(' -> ')}`);
    state.set(id, 'open');
    for (const other of dependencies(template.Resources[id])) {
      if (other in template.Resources) visit(other, [...trail, id]);
    }
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of Object.keys(template.Resources)) visit(id, []);
  return order;
}

function dependencies(resource: TemplateResource): Set<string> {
  const found = new Set<string>([resource.DependsOn ?? []].flat());
  collect(resource.Properties, found);
  return found;
}

function collect(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  for (const [key, item] of Object.entries<Json>(value)) {
    if (key === 'Ref' && typeof item === 'string') found.add(item);
    else if (key === 'Fn::GetAtt') found.add(Array.isArray(item) ? item[0] : item.split('.')[0]);
    else if (key === 'Fn::Sub') collectSub(item, found);
    else collect(item, found);
  }
}

function collectSub(argument: Json, found: Set<string>): void {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  for (const [, name] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) found.add(name.split('.')[0]);
  collect(variables, found);
}
