import { drupalSite } from './drupal-site';

drupalSite().synth();
