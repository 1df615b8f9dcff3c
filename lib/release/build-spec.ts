import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { CHECK_SCRIPT, publishScript } from './publish-script';
import type { Recipe } from './recipe';

/** The buildspec of a recipe: check the name, build, pack and upload. */
export function buildSpec(recipe: Recipe): codebuild.BuildSpec {
  const { buildCommands, cachePaths, runtimeVersions } = recipe;
  return codebuild.BuildSpec.fromObject({
    version: '0.2',
    env: { shell: 'bash' },
    phases: {
      ...(Object.keys(runtimeVersions).length > 0 && { install: { 'runtime-versions': runtimeVersions } }),
      pre_build: { commands: [CHECK_SCRIPT] },
      ...(buildCommands.length > 0 && { build: { commands: buildCommands } }),
      post_build: { commands: [publishScript(recipe)] },
    },
    ...(cachePaths.length > 0 && { cache: { paths: cachePaths } }),
  });
}
