import { magentoStore } from './magento-store';

magentoStore().synth();
