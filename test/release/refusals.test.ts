import { Duration, SecretValue } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Recipe, type ReleaseBuildProps, Source } from '../../lib';
import { releaseTemplate } from './release-stack';

const CONNECTION = 'arn:aws:codeconnections:eu-west-1:123456789012:connection/0f0e';

const REFUSED: [string, () => Partial<ReleaseBuildProps>, string][] = [
  [
    'a time-out of 4 minutes',
    () => ({ timeout: Duration.minutes(4) }),
    `'timeout' must be from 5 minutes to 1 day 12 hours, got 4 minutes`,
  ],
  ['nothing kept', () => ({ keepDeleted: Duration.hours(1) }), `'keepDeleted' must be from 1 day to 3650 days, got 1 hour`],
  ['a variable with a space', () => ({ environment: { 'A B': '1' } }), `got 'A B'`],
  [
    'a variable of the deployment',
    () => ({ environment: { RELEASE_ID: 'v1' } }),
    `not begin with RELEASE_, ARTIFACT_, CODEBUILD_ or AWS_, got 'RELEASE_ID'`,
  ],
  ['an empty owner', () => ({ source: Source.gitHub({ owner: '', repository: 'shop' }) }), `'owner' must match`],
  [
    'a path for a repository',
    () => ({ source: Source.gitHub({ owner: 'a', repository: 'b/c' }) }),
    `'repository' must match ^[A-Za-z0-9._-]+$, got 'b/c'`,
  ],
  [
    'a repository elsewhere',
    () => ({ source: Source.codeConnection({ connectionArn: CONNECTION, repositoryUrl: 'https://example.com/shop' }) }),
    `'repositoryUrl' must be an HTTPS address on github.com, gitlab.com, bitbucket.org, got 'https://example.com/shop'`,
  ],
  [
    'the ARN of something else',
    () => ({ source: Source.codeConnection({ connectionArn: 'arn:aws:s3:::shop', repositoryUrl: 'https://github.com/a/b' }) }),
    `'connectionArn' must match`,
  ],
  [
    'an output folder outside',
    () => ({ recipe: Recipe.generic({ outputDirectory: '../x' }) }),
    `'outputDirectory' must be a folder inside the repository, got '../x'`,
  ],
  ['an absolute output folder', () => ({ recipe: Recipe.generic({ outputDirectory: '/x' }) }), `got '/x'`],
  ['an output folder with a quote', () => ({ recipe: Recipe.generic({ outputDirectory: `x'y` }) }), `got 'x'y'`],
];

test.each(REFUSED)('%s is refused', (_name, props, message) => {
  expect(() => releaseTemplate(() => props())).toThrow(message);
});

test('a variable that is both plain and secret is refused', () => {
  const both = () =>
    releaseTemplate((stack) => ({
      environment: { TOKEN: 'plain' },
      secrets: { TOKEN: new secretsmanager.Secret(stack, 'Token', { secretStringValue: SecretValue.unsafePlainText('x') }) },
    }));
  expect(both).toThrow(`an environment variable must be in 'environment' or in 'secrets', got 'TOKEN' in both`);
});
