import { referenceApp } from '../examples/hello-web/reference-app';

referenceApp().synth();
