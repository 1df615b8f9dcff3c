import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Recipe, Source } from '../../lib';
import { buildSpecOf, projectOf, releaseTemplate, statementsOf } from './release-stack';

const CONNECTION = 'arn:aws:codeconnections:eu-west-1:123456789012:connection/0f0e';

describe('the artifact bucket', () => {
  const template = releaseTemplate();

  test('is versioned, encrypted, private and kept', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      },
    });
  });

  test('expires what was replaced or deleted, and never a release', () => {
    const [bucket] = Object.values(releaseTemplate(() => ({ keepDeleted: Duration.days(30) })).findResources('AWS::S3::Bucket'));
    expect(bucket?.Properties.LifecycleConfiguration.Rules).toEqual([
      {
        Id: 'ExpireReplaced',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
      { Id: 'ExpireDeleteMarkers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
    ]);
  });

  test('can be one that is there already, with its key', () => {
    const own = releaseTemplate((stack) => ({
      artifactBucket: new s3.Bucket(stack, 'Own', { encryptionKey: new kms.Key(stack, 'Key') }),
    }));
    own.resourceCountIs('AWS::S3::Bucket', 1);
    expect(JSON.stringify(projectOf(own).Environment.EnvironmentVariables)).toContain('{"Ref":"Own');
    expect(statementsOf(own)).toContainEqual(expect.objectContaining({ Sid: 'EncryptReleases', Action: 'kms:GenerateDataKey' }));
  });
});

describe('the role of the build', () => {
  test('may add a release, never replace one, and write its log', () => {
    expect(statementsOf(releaseTemplate())).toEqual([
      {
        Sid: 'AddReleases',
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^BuildArtifacts/), 'Arn'] }, '/releases/*']] },
        Condition: { Null: { 's3:if-none-match': 'false' } },
      },
      {
        Sid: 'WriteLog',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^BuildLogs/), 'Arn'] },
      },
    ]);
  });

  test('reads the secrets of the build commands, which come by reference', () => {
    const template = releaseTemplate((stack) => ({ secrets: { NPM_TOKEN: new secretsmanager.Secret(stack, 'Token') } }));
    expect(projectOf(template).Environment.EnvironmentVariables).toContainEqual({
      Name: 'NPM_TOKEN',
      Type: 'SECRETS_MANAGER',
      Value: { Ref: expect.stringMatching(/^Token/) },
    });
    expect(statementsOf(template).map(({ Action }) => Action)).toContainEqual(expect.arrayContaining(['secretsmanager:GetSecretValue']));
  });

  test('lends network interfaces to the build inside a VPC, in its subnets alone', () => {
    const template = releaseTemplate((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) }));
    expect(projectOf(template).VpcConfig.Subnets).toHaveLength(2);
    const lend = statementsOf(template).find(({ Sid }) => Sid === 'LendNetworkInterfaces');
    expect(JSON.stringify(lend?.Condition).match(/VpcPrivateSubnet\dSubnet/g)).toHaveLength(2);
  });

  test('keeps a cache in a bucket under its folder', () => {
    const template = releaseTemplate((stack) => ({ cacheBucket: new s3.Bucket(stack, 'Cache') }));
    expect(projectOf(template).Cache.Type).toBe('S3');
    expect(JSON.stringify(statementsOf(template))).toContain('/build-cache/*');
    expect(projectOf(releaseTemplate()).Cache).toEqual({ Type: 'LOCAL', Modes: ['LOCAL_SOURCE_CACHE', 'LOCAL_CUSTOM_CACHE'] });
  });
});

describe('the source', () => {
  test('on GitHub is cloned without a webhook', () => {
    expect(projectOf(releaseTemplate())).toMatchObject({
      Source: { Type: 'GITHUB', Location: 'https://github.com/example/shop.git', ReportBuildStatus: false },
    });
    expect(projectOf(releaseTemplate())).not.toHaveProperty('Triggers');
  });

  test.each([
    ['https://github.com/example/shop', 'GITHUB'],
    ['https://gitlab.com/example/shop', 'GITLAB'],
    ['https://bitbucket.org/example/shop', 'BITBUCKET'],
  ])('%s is reached through a connection', (repositoryUrl, type) => {
    const template = releaseTemplate(() => ({ source: Source.codeConnection({ connectionArn: CONNECTION, repositoryUrl }) }));
    expect(projectOf(template).Source).toMatchObject({
      Type: type,
      Location: repositoryUrl,
      Auth: { Type: 'CODECONNECTIONS', Resource: CONNECTION },
    });
    expect(statementsOf(template)).toContainEqual({
      Sid: 'UseConnection',
      Effect: 'Allow',
      Action: ['codeconnections:GetConnection', 'codeconnections:GetConnectionToken'],
      Resource: CONNECTION,
    });
  });

  test('keeps to the actions of the older kind of connection', () => {
    const connectionArn = CONNECTION.replace('codeconnections', 'codestar-connections');
    const source = Source.codeConnection({ connectionArn, repositoryUrl: 'https://github.com/example/shop' });
    expect(JSON.stringify(statementsOf(releaseTemplate(() => ({ source }))))).toContain('"codestar-connections:GetConnection"');
  });

  test('in a bucket is read by its key', () => {
    const template = releaseTemplate((stack) => ({ source: Source.s3({ bucket: new s3.Bucket(stack, 'Code'), key: 'shop.zip' }) }));
    expect(projectOf(template).Source.Type).toBe('S3');
    const read = statementsOf(template).find(({ Sid }) => Sid === 'ReadSource');
    expect(read?.Action).toEqual(['s3:GetObject', 's3:GetObjectVersion']);
    expect(JSON.stringify(read?.Resource)).toContain('/shop.zip');
  });
});

describe('the buildspec', () => {
  test('checks the name, runs the commands of the recipe and publishes, all by bash', () => {
    const recipe = Recipe.generic({ buildCommands: ['npm ci', 'npm run build'], outputDirectory: 'dist' });
    const { env, phases } = buildSpecOf(releaseTemplate(() => ({ recipe })));
    expect(env).toEqual({ shell: 'bash' });
    expect(Object.keys(phases)).toEqual(['pre_build', 'build', 'post_build']);
    expect(phases.build?.commands).toEqual(['npm ci', 'npm run build']);
    expect(phases.post_build?.commands[0]).toContain(`-C 'dist'`);
  });

  test('offers the languages and the cache of the recipe', () => {
    const recipe = Recipe.generic({ runtimeVersions: { nodejs: '22' }, cachePaths: ['.npm/**/*'] });
    expect(buildSpecOf(releaseTemplate(() => ({ recipe })))).toMatchObject({
      phases: { install: { 'runtime-versions': { nodejs: '22' } } },
      cache: { paths: ['.npm/**/*'] },
    });
  });

  test('has no phase for nothing', () => {
    expect(Object.keys(buildSpecOf(releaseTemplate()).phases)).toEqual(['pre_build', 'post_build']);
  });
});
