import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledgements';
import { HelloWebStack } from './hello-web-stack';
import { readSettings } from './settings';

/** The reference application, with the rules of AwsSolutions checked at synthesis. */
export function referenceApp(props?: AppProps): App {
  const app = new App(props);
  acknowledgeFindings(new HelloWebStack(app, 'HelloWeb', readSettings(app.node)));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
