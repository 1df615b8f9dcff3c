import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledgements';
import { readSettings } from './settings';
import { SiteStack } from './site';

/** The site, with the rules of AwsSolutions checked at synthesis. */
export function drupalSite(props?: AppProps): App {
  const app = new App(props);
  acknowledgeFindings(new SiteStack(app, 'DrupalSite', readSettings(app.node)));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
