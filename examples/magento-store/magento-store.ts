import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledgements';
import { readSettings } from './settings';
import { StoreStack } from './store';

/** The store, with the rules of AwsSolutions checked at synthesis. */
export function magentoStore(props?: AppProps): App {
  const app = new App(props);
  acknowledgeFindings(new StoreStack(app, 'MagentoStore', readSettings(app.node)));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
