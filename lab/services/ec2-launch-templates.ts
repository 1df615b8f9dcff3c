import type { LabContext } from '../kernel/context';
import { type CreatedResource, type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../kernel/resources';

/** What a version of a launch template says about an instance. */
export interface LaunchTemplateVersion {
  readonly templateId: string;
  readonly templateName: string;
  readonly version: number;
  readonly imageId: string;
  readonly instanceType: string;
  /** Decoded; empty where there is none. */
  readonly userData: string;
  /** Name or ARN of the instance profile. */
  readonly instanceProfile: string | undefined;
}

const KNOWN = ['LaunchTemplateName', 'LaunchTemplateData', 'TagSpecifications', 'VersionDescription'];
const KNOWN_DATA = [
  'BlockDeviceMappings',
  'EbsOptimized',
  'IamInstanceProfile',
  'ImageId',
  'InstanceType',
  'MetadataOptions',
  'Monitoring',
  'NetworkInterfaces',
  'SecurityGroupIds',
  'TagSpecifications',
  'UserData',
];

/** EC2's launch templates: each update of the resource makes a new version. The default version stays the first one. */
export class LaunchTemplates {
  private readonly templates = new Map<string, LaunchTemplateVersion[]>();

  constructor(private readonly context: LabContext) {}

  /**
   * A version of a template, found by the template's id or name.
   *
   * @param version a number: `$Latest` and `$Default` are refused, because a pinned version is what keeps two groups alike
   */
  version(template: { LaunchTemplateId?: string; LaunchTemplateName?: string; Version?: string }): LaunchTemplateVersion {
    const { LaunchTemplateId: id, LaunchTemplateName: name, Version } = template;
    const versions = [...this.templates.values()].find(([first]) => first.templateId === id || first.templateName === name);
    if (versions === undefined) throw new Error(`there is no launch template ${id ?? name}`);
    const found = versions[Number(Version) - 1];
    if (found === undefined)
      throw new Error(`'Version' of launch template ${id ?? name} must be a number from 1 to ${versions.length}, got ${Version}`);
    return found;
  }

  provider(): ResourceProvider {
    return {
      type: 'AWS::EC2::LaunchTemplate',
      create: (resource) => {
        const templateId = `lt-0${this.context.random.hex(16)}`;
        const templateName = resource.properties.LaunchTemplateName ?? `${resource.logicalId}_${this.context.random.hex(12)}`;
        this.templates.set(templateId, [readVersion(resource, templateId, templateName, 1)]);
        return this.created(templateId);
      },
      update: (resource, templateId) => {
        const versions = this.templates.get(templateId) as LaunchTemplateVersion[];
        versions.push(readVersion(resource, templateId, versions[0].templateName, versions.length + 1));
        return this.created(templateId);
      },
      delete: (templateId) => void this.templates.delete(templateId),
    };
  }

  private created(templateId: string): CreatedResource {
    const latest = String(this.templates.get(templateId)?.length);
    return { ref: templateId, attributes: { LaunchTemplateId: templateId, LatestVersionNumber: latest, DefaultVersionNumber: '1' } };
  }
}

function readVersion(resource: ResolvedResource, templateId: string, templateName: string, version: number): LaunchTemplateVersion {
  refuseUnknownProperties(resource, KNOWN);
  const data = resource.properties.LaunchTemplateData;
  refuseUnknownProperties({ ...resource, properties: data }, KNOWN_DATA);
  return {
    templateId,
    templateName,
    version,
    imageId: data.ImageId,
    instanceType: data.InstanceType,
    userData: Buffer.from(data.UserData ?? '', 'base64').toString(),
    instanceProfile: data.IamInstanceProfile?.Arn ?? data.IamInstanceProfile?.Name,
  };
}
