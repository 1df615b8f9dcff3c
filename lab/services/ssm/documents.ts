import { createHash } from 'node:crypto';
import { arn, type LabContext } from '../../kernel/context';
import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { AwsError } from '../../kernel/service';
import { type DocumentContent, readDocument } from './document-content';

/** A version of a document; versions count from 1. */
export interface DocumentVersion {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly content: DocumentContent;
}

/** Command documents and their versions. */
export class Documents {
  private readonly versions = new Map<string, DocumentVersion[]>();

  constructor(private readonly context: LabContext) {}

  arn(name: string): string {
    return name.startsWith('arn:') ? name : arn(this.context, 'ssm', `document/${name}`);
  }

  /** The version that a command asks for: a number, `$LATEST`, `$DEFAULT` or nothing; the default is the newest. */
  find(nameOrArn: string, version = '$DEFAULT', hash?: string): DocumentVersion {
    const name = nameOrArn.replace(/^arn:.*:document\//, '');
    const versions = this.versions.get(name);
    if (versions === undefined) throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
    const found = /^\$(LATEST|DEFAULT)$/.test(version) ? versions.at(-1) : versions.find((candidate) => candidate.version === version);
    if (found === undefined) throw new AwsError('InvalidDocumentVersion', `Document version ${version} of ${name} does not exist.`);
    if (hash !== undefined && hash !== found.hash)
      throw new AwsError('InvalidDocument', `The hash of ${name} is ${found.hash}, got ${hash}.`);
    return found;
  }

  provider(): ResourceProvider {
    return {
      type: 'AWS::SSM::Document',
      create: (resource) => {
        const name = resource.properties.Name ?? `${resource.logicalId}-${this.context.random.hex(12)}`;
        if (this.versions.has(name)) throw new Error(`${resource.logicalId}: the document ${name} exists already`);
        return this.add(name, resource);
      },
      update: (resource, name) => {
        if (resource.properties.UpdateMethod !== 'NewVersion') {
          throw new Error(
            `${resource.logicalId}: 'UpdateMethod' must be NewVersion to update a document in the lab, got ${resource.properties.UpdateMethod}`,
          );
        }
        return this.add(name, resource);
      },
      delete: (name) => void this.versions.delete(name),
    };
  }

  private add(name: string, resource: ResolvedResource): { ref: string } {
    refuseUnknownProperties(resource, ['Name', 'Content', 'DocumentType', 'DocumentFormat', 'TargetType', 'UpdateMethod', 'Tags']);
    const { Content, DocumentType, DocumentFormat = 'JSON' } = resource.properties;
    if (DocumentType !== 'Command')
      throw new Error(`${resource.logicalId}: 'DocumentType' must be Command in the lab, got ${DocumentType}`);
    if (typeof Content === 'string' && DocumentFormat !== 'JSON') {
      throw new Error(`${resource.logicalId}: 'DocumentFormat' must be JSON in the lab, got ${DocumentFormat}`);
    }
    const versions = this.versions.get(name) ?? [];
    const hash = createHash('sha256')
      .update(typeof Content === 'string' ? Content : JSON.stringify(Content))
      .digest('hex');
    const content = readDocument(name, Content);
    if (versions.at(-1)?.hash !== hash)
      this.versions.set(name, [...versions, { name, version: String(versions.length + 1), hash, content }]);
    return { ref: name };
  }
}
